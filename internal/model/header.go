package model

import "github.com/recentc/recentc/compile"

func holdsProtocol(s *compile.Protocol, v *visit) bool { return (v.Protocol == s.Number) != s.Not }

// holdsFragment: no packet of the model is a fragment.
func holdsFragment(s *compile.Fragment, _ *visit) bool { return s.Not }

func holdsTTL(s *compile.TTL, v *visit) bool { return inSpan(s.SpanTest, uint32(v.TTL)) }

// withLength interprets -m length, for which every packet must tell its length.
func withLength() match {
	return match{gap: none, build: func(b *builder, s compile.Step) test {
		b.needs.length = true
		return condition(holdsLength).build(b, s)
	}}
}

func holdsLength(s *compile.Length, v *visit) bool { return inSpan(s.SpanTest, uint32(v.Length)) }

func holdsMark(s *compile.Mark, v *visit) bool { return (v.Mark&s.Mask == s.Value) != s.Not }

func holdsICMP(t compile.ICMPType, v *visit) bool {
	same := t.Any || v.Type == t.Type && (t.AnyCode || v.Code == t.Code)
	return same != t.Not
}

func inSpan(s compile.SpanTest, n uint32) bool { return covers(s.Span, n) != s.Not }

func covers(s compile.Span, n uint32) bool { return s.Low <= n && n <= s.High }
