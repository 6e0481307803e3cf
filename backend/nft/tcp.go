package nft

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/recentc/recentc/compile"
)

const protoTCP = 6

func (t *translator) tcp(m *compile.TCP) form {
	var f []stmt
	if m.Flags != nil {
		f = append(f, tcpFlags(m.Flags))
	}
	if m.Option != nil {
		state := map[bool]string{false: "exists", true: "missing"}[m.Option.Not]
		f = append(f, tests("tcp option "+strconv.Itoa(int(m.Option.Kind))+" "+state, protoTCP))
	}
	if len(f) == 0 && m.Source == nil && m.Dest == nil {
		f = append(f, tests("meta l4proto tcp", protoTCP))
	}
	return t.ports("tcp", protoTCP, m.Source, m.Dest, f...)
}

// ports tests the ports of a protocol that has them, and what else there is. No
// port is in a range that ends before it begins, and any is outside of it.
func (t *translator) ports(proto string, number uint8, source, dest *compile.Ports, more ...stmt) form {
	out := make([]stmt, 0, 2+len(more))
	for i, p := range [...]*compile.Ports{source, dest} {
		switch {
		case p == nil:
		case p.Empty() && !p.Not:
			return never()
		case p.Empty():
			out = append(out, tests(headerTests[number], number))
		default:
			s := compare(proto+[...]string{" sport", " dport"}[i], p.Not, spanText(p.Span))
			s.protocol = number
			out = append(out, s)
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
	op := map[bool]string{false: " == ", true: " != "}[f.Not]
	return tests("tcp flags & "+flagSet(f.Mask)+op+flagSet(f.Set), protoTCP)
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
