package nft

import (
	"math"

	"github.com/recentc/recentc/compile"
)

// connbytes makes the kernel count, as the match does. (Of a connection that is
// older than the rule nftables takes 0 for the count; the match fails.)
func (t *translator) connbytes(m *compile.ConnBytes) form {
	left := connbytesField(m)
	switch {
	case m.Low == 0 && m.High == math.MaxUint64:
		return and(ctExists(), fixed(!m.Not))
	case m.High == math.MaxUint64 && m.Not:
		return all(below(left, m.Low))
	case m.High == math.MaxUint64:
		return all(atLeast(left, m.Low))
	case m.Low == m.High:
		return all(compare(left, m.Not, numberValue(m.Low)))
	}
	return all(compare(left, m.Not, rangeValue(m.Low, m.High)))
}

func connbytesField(m *compile.ConnBytes) *field {
	name := "ct "
	var direct *uint8
	if !m.Both {
		name += direction(m.Reply) + " "
		direct = directionNumber(m.Reply)
	}
	name += [...]string{"packets", "bytes", "avgpkt"}[m.Count]
	return ctField(name, [...]uint32{ctKeyPkts, ctKeyBytes, ctKeyAvgpkt}[m.Count], 8, direct, true)
}
