package nft

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/recentc/recentc/compile"
	"github.com/recentc/recentc/internal/bytecode"
)

const protoTCP = 6

func (t *translator) tcp(m *compile.TCP) form {
	var f []stmt
	if m.Flags != nil {
		f = append(f, tcpFlags(m.Flags))
	}
	if m.Option != nil {
		if len(f) == 0 && m.Source == nil && m.Dest == nil {
			f = append(f, isTCP())
		}
		f = append(f, existence(optionField(m.Option.Kind), m.Option.Not))
	}
	if len(f) == 0 && m.Source == nil && m.Dest == nil {
		f = append(f, protocolTest(protoTCP))
	}
	return t.ports(protoTCP, m.Source, m.Dest, f...)
}

// ports tests the ports of a protocol that has them, and what else there is. No
// port is in a range that ends before it begins, and any is outside of it.
func (t *translator) ports(number uint8, source, dest *compile.Ports, more ...stmt) form {
	out := make([]stmt, 0, 2+len(more))
	for i, p := range [...]*compile.Ports{source, dest} {
		switch {
		case p == nil:
		case p.Empty() && !p.Not:
			return never()
		case p.Empty():
			has, _ := hasHeader(number)
			out = append(out, has)
		default:
			out = append(out, compare(portField(number, i), p.Not, spanValue(p.Span)))
		}
	}
	return t.all(append(out, more...)...)
}

// spanText writes a number or a range of numbers.
func spanText(s compile.Span) string {
	if s.Single() {
		return strconv.Itoa(int(s.Low))
	}
	return fmt.Sprintf("%d-%d", s.Low, s.High)
}

// tcpFlags writes the flags in the form with "&": nft 1.0.6 does not load every
// case of the shorter one with "/".
func tcpFlags(f *compile.TCPFlags) stmt {
	left := tcpFlagsField.masked(flagSet(f.Mask), []byte{f.Mask})
	return under(left, f.Not, named(flagSet(f.Set), uint64(f.Set)))
}

func flagSet(bits uint8) string {
	names := [...]string{"fin", "syn", "rst", "psh", "ack", "urg"}
	var on []string
	for i, n := range names {
		if bits&(1<<i) != 0 {
			on = append(on, n)
		}
	}
	switch len(on) {
	case 0:
		return "0x0"
	case 1:
		return on[0]
	}
	return "(" + strings.Join(on, " | ") + ")"
}

var tcpFlagsField = headerField("tcp flags", bytecode.TransportHeader, 13, 1, protoTCP)

// optionField says whether a TCP header has an option.
func optionField(kind uint8) *field {
	return existsField("tcp option "+strconv.Itoa(int(kind)), exthdrAttrs(kind, 0, 1, present, true), protoTCP)
}

// isTCP tests for TCP in front of an option. nft does not add that test itself, and leaves
// a test of the protocol alone out when it lists the rule, so a field of the header is
// looked at.
func isTCP() stmt {
	s, _ := hasHeader(protoTCP)
	return s
}
