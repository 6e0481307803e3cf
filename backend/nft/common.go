package nft

import (
	"fmt"
	"slices"
	"strings"

	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/compile"
)

// never is a form that no packet passes, always one that all do.
func never() form  { return form{} }
func always() form { return all() }

// fixed is the form of a test whose answer is known.
func fixed(yes bool) form {
	if yes {
		return always()
	}
	return never()
}

// for4 marks statements as tests of a header of an L4 protocol.
func for4(protocol uint8, s ...stmt) []stmt {
	for i := range s {
		s[i].protocol = protocol
	}
	return s
}

// headerTests hold for every packet of a protocol that has its header.
var headerTests = map[uint8]string{
	protoTCP: "tcp sport >= 0", protoUDP: "udp sport >= 0", protoUDPLite: "udplite sport >= 0", protoSCTP: "sctp sport >= 0",
	protoDCCP: "dccp sport >= 0", protoICMP: "icmp type >= 0", protoICMPv6: "icmpv6 type >= 0",
}

// and is the form of several forms that must all hold. At most one of them may
// have alternatives.
func and(forms ...form) form {
	out := always()
	for _, f := range forms {
		var alts [][]stmt
		for _, a := range out.alts {
			for _, b := range f.alts {
				alts = append(alts, join(a, b))
			}
		}
		out.alts = alts
		out.unless = append(out.unless, f.unless...)
		out.do = append(out.do, f.do...)
	}
	return out
}

// spanForm tests that a number is in a span.
func spanForm(left string, s *compile.SpanTest) form {
	switch {
	case s == nil:
		return always()
	case s.Empty():
		return fixed(s.Not)
	}
	return all(compare(left, s.Not, spanText(s.Span)))
}

// maskForm tests a number under a mask.
func maskForm(left string, m *compile.MaskTest) form {
	switch m.Mask {
	case 0:
		return fixed((m.Value == 0) != m.Not)
	case 1<<32 - 1:
		return all(compare(left, m.Not, hex(m.Value)))
	}
	masked := fmt.Sprintf("%s & %s", left, hex(m.Mask))
	yes, no := masked+" == "+hex(m.Value), masked+" != "+hex(m.Value)
	if m.Not {
		yes, no = no, yes
	}
	return all(testOr(yes, no))
}

// netStmt tests an address that is in a net, with a mask of any kind.
func netStmt(left string, n compile.Net, not bool) stmt {
	bits, ok := n.Prefix()
	switch {
	case ok && bits == n.Addr.BitLen():
		return compare(left, not, n.Addr.String())
	case ok:
		return compare(left, not, fmt.Sprintf("%s/%d", n.Addr, bits))
	}
	masked := left + " & " + n.Mask.String()
	if not {
		return testOr(masked+" != "+n.Addr.String(), masked+" == "+n.Addr.String())
	}
	return testOr(masked+" == "+n.Addr.String(), masked+" != "+n.Addr.String())
}

func hex(n uint32) string { return fmt.Sprintf("%#x", n) }

// oneOf writes a value, or an anonymous set of several.
func oneOf(values []string) string {
	if len(values) == 1 {
		return values[0]
	}
	return "{ " + strings.Join(values, ", ") + " }"
}

// opposites is the form of "not all of these", which are tests that every packet
// answers.
func opposites(list []stmt) (f form) {
	for _, s := range list {
		f.alts = append(f.alts, []stmt{s.opposite()})
	}
	return f
}

// spansText writes spans in order. Where there is a range, those that touch
// become one, as nft lists them.
func spansText(spans []compile.Span) string {
	spans = slices.Clone(spans)
	slices.SortFunc(spans, func(a, b compile.Span) int { return int(a.Low) - int(b.Low) })
	touch := uint32(0)
	if slices.ContainsFunc(spans, func(s compile.Span) bool { return !s.Single() }) {
		touch = 1
	}
	merged := spans[:1]
	for _, s := range spans[1:] {
		last := &merged[len(merged)-1]
		if s.Low <= last.High+touch {
			last.High = max(last.High, s.High)
		} else {
			merged = append(merged, s)
		}
	}
	text := make([]string, len(merged))
	for i, s := range merged {
		text[i] = spanText(s)
	}
	return oneOf(text)
}

// ip is the name of the family's header: ip or ip6.
func (t *translator) ip() string { return t.prog.Family.String() }

func (t *translator) ipv6() bool { return t.prog.Family == ast.IPv6 }

// ruleProtocol is the one protocol that the rule at hand is for.
func (t *translator) ruleProtocol() (number uint8, ok bool) {
	return protocolOf(t.rule)
}
