package nft

import "github.com/recentc/recentc/compile"

const (
	protoESP    = 50
	protoAH     = 51
	protoIPComp = 108
)

// ah finds the header where the match does: nft's protocol of a packet is AH
// wherever that stands among the headers.
func (t *translator) ah(m *compile.AH) form {
	f := and(spiForm("ah spi", m.SPI), authLength(m.Length))
	if m.Reserved {
		f = and(f, all(test("ah reserved 0")))
	}
	return headerForm(f, protoAH)
}

// headerForm marks a form as a test of a header. One that asks nothing of it
// still asks that it is there.
func headerForm(f form, protocol uint8) form {
	if bare(f) {
		f = all(test("meta l4proto " + protocolText(protocol)))
	}
	for _, alt := range f.alts {
		for4(protocol, alt...)
	}
	return f
}

// spiForm tests a number of 32 bits; that it is any says nothing.
func spiForm(left string, s *compile.SpanTest) form {
	if s != nil && s.Low == 0 && s.High == 1<<32-1 && !s.Not {
		return always()
	}
	return spanForm(left, s)
}

// authLength turns a length in bytes into the header's field, in words less 2.
func authLength(s *compile.SpanTest) form {
	switch {
	case s == nil:
		return always()
	case s.Low%4 != 0 || s.Low < 8 || s.Low/4-2 > 255:
		return fixed(s.Not)
	}
	n := s.Low/4 - 2
	return spanForm("ah hdrlength", &compile.SpanTest{Span: compile.Span{Low: n, High: n}, Not: s.Not})
}
