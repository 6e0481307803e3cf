package model

import "github.com/recentc/recentc/compile"

func holdsProtocol(s *compile.Protocol, v *visit) bool { return (v.Protocol == s.Number) != s.Not }

// holdsFragment: no packet of the model is a fragment.
func holdsFragment(s *compile.Fragment, _ *visit) bool { return s.Not }

func holdsTTL(s *compile.TTL, v *visit) bool { return inSpan(s.SpanTest, uint32(v.TTL)) }

func holdsLength(s *compile.Length, v *visit) bool { return inSpan(s.SpanTest, uint32(v.Length)) }

func holdsMark(s *compile.Mark, v *visit) bool { return (v.Mark&s.Mask == s.Value) != s.Not }

func holdsICMP(s *compile.ICMP, v *visit) bool { return isType(s.ICMPType, v) }

func holdsICMP6(s *compile.ICMP6, v *visit) bool { return isType(s.ICMPType, v) }

func isType(t compile.ICMPType, v *visit) bool {
	same := t.Any || v.Type == t.Type && (t.AnyCode || v.Code == t.Code)
	return same != t.Not
}

func holdsTOS(s *compile.TOS, v *visit) bool { return (v.TOS&s.Mask == s.Value) != s.Not }

func holdsDSCP(s *compile.DSCP, v *visit) bool { return (v.TOS>>2 == s.Value) != s.Not }

func holdsECN(s *compile.ECN, v *visit) bool {
	return (s.IP == nil || (v.TOS&3 == s.IP.Value) != s.IP.Not) &&
		hasFlag(s.Echo, v.Flags&0x40) && hasFlag(s.Reduced, v.Flags&0x80)
}

func hasFlag(f *compile.Flag, bit uint8) bool { return f == nil || (bit != 0) != f.Not }

func inSpan(s compile.SpanTest, n uint32) bool { return covers(s.Span, n) != s.Not }

func covers(s compile.Span, n uint32) bool { return s.Low <= n && n <= s.High }
