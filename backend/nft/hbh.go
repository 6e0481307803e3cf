package nft

import "github.com/recentc/recentc/compile"

// optionHeader compares the length of a header of options, hbh or dst.
func (t *translator) optionHeader(m *compile.OptionHeader) form {
	return existing(extLength(m.Extension(), m.Length), m.Extension())
}

// extLength turns a length in bytes into a header's field: it counts units of
// eight bytes and leaves out the first. No header has another length.
func extLength(header string, s *compile.SpanTest) form {
	switch {
	case s == nil:
		return always()
	case s.Low%8 != 0 || s.Low == 0 || s.Low/8-1 > 255:
		return fixed(s.Not)
	}
	n := s.Low/8 - 1
	return spanForm(extensionField(header, "hdrlength", 8, 8), &compile.SpanTest{Span: compile.Span{Low: n, High: n}, Not: s.Not})
}
