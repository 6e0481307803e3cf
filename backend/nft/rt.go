package nft

import "github.com/recentc/recentc/compile"

func (t *translator) rt(m *compile.RoutingHeader) form {
	return existing(and(byteForm(extensionField("rt", "type", 16, 8), m.Type), byteForm(extensionField("rt", "seg-left", 24, 8), m.SegmentsLeft), extLength("rt", m.Length)), "rt")
}

// byteForm tests a byte against a span that may reach further.
func byteForm(left *field, s *compile.SpanTest) form {
	switch {
	case s == nil:
		return always()
	case s.Low > 255:
		return fixed(s.Not)
	case s.Low == 0 && s.High >= 255 && !s.Not:
		return always()
	}
	cut := *s
	cut.High = min(s.High, 255)
	return spanForm(left, &cut)
}
