package nft

import (
	"slices"

	"github.com/recentc/recentc/compile"
	"github.com/recentc/recentc/internal/bytecode"
	"github.com/recentc/recentc/ipset"
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
	if t.ipv6() && t.asksOtherProtocol() {
		t.inexpressible("-m ah together with a protocol behind that header", "Test the two in rules of their own, one of which jumps to the other, if either is enough.")
		return never()
	}
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

// asksOtherProtocol tells whether the rule asks for the header of AH and for a protocol:
// to nftables a packet has one or the other.
func (t *translator) asksOtherProtocol() bool {
	return slices.ContainsFunc(t.rule.Steps, func(s compile.Step) bool {
		switch s := s.(type) {
		case *compile.Protocol:
			return !s.Not && s.Number != protoAH
		case *compile.InSet:
			return s.Set.Type.Has(ipset.Port) || s.Set.Type.Has(ipset.BarePort)
		}
		return false
	})
}
