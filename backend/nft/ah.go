package nft

import (
	"github.com/recentc/recentc/compile"
	"github.com/recentc/recentc/internal/bytecode"
)

const (
	protoESP    = 50
	protoAH     = 51
	protoIPComp = 108
)

var (
	ahLength   = headerField("ah hdrlength", bytecode.TransportHeader, 1, 1, protoAH)
	ahReserved = headerField("ah reserved", bytecode.TransportHeader, 2, 2, protoAH)
	ahSPI      = headerField("ah spi", bytecode.TransportHeader, 4, 4, protoAH)
)

// ah finds the header where the match does: nft's protocol of a packet is AH
// wherever that stands among the headers.
func (t *translator) ah(m *compile.AH) form {
	f := and(spiForm(ahSPI, m.SPI), authLength(m.Length))
	if m.Reserved {
		f = and(f, all(compare(ahReserved, false, numberValue(0))))
	}
	return headerForm(f, protoAH)
}

// headerForm marks a form as a test of a header. One that asks nothing of it
// still asks that it is there.
func headerForm(f form, protocol uint8) form {
	if bare(f) {
		f = all(protocolTest(protocol))
	}
	for _, alt := range f.alts {
		for4(protocol, alt...)
	}
	return f
}

// spiForm tests a number of 32 bits; that it is any says nothing.
func spiForm(left *field, s *compile.SpanTest) form {
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
	return spanForm(ahLength, &compile.SpanTest{Span: compile.Span{Low: n, High: n}, Not: s.Not})
}
