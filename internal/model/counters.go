package model

import "github.com/recentc/recentc/compile"

// newQuota is quota_mt: the packet that does not fit any more ends it for good.
func newQuota(b *builder, q *compile.Quota) test {
	b.needs.add(lengthOf)
	left := q.Bytes
	return func(v *visit) bool {
		fits := left >= uint64(v.Length)
		if fits {
			left -= uint64(v.Length)
		} else {
			left = 0
		}
		return fits != q.Not
	}
}

// newNth is statistic_mt in the mode nth.
func newNth(_ *builder, s *compile.Statistic) test {
	at := uint32(0)
	return func(*visit) bool {
		turn := at == s.Packet
		at = (at + 1) % s.Every
		return turn != s.Not
	}
}

func statisticGap(s compile.Step) string {
	if n, ok := s.(*compile.Statistic); ok && n.Every == 0 {
		return "chance decides"
	}
	return ""
}
