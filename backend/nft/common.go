package nft

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/compile"
	"github.com/recentc/recentc/internal/bytecode"
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

// hasHeader holds for every packet of a protocol that has its header; ok says whether
// there is such a test for the protocol.
func hasHeader(protocol uint8) (s stmt, ok bool) {
	f := icmpFields[protocol].kind
	if portNames[protocol] != "" {
		f = portField(protocol, 0)
	}
	if f == nil {
		return s, false
	}
	return atLeast(f, 0), true
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
func spanForm(left *field, s *compile.SpanTest) form {
	switch {
	case s == nil:
		return always()
	case s.Empty():
		return fixed(s.Not)
	}
	return all(compare(left, s.Not, spanValue(s.Span)))
}

// maskForm tests a number under a mask.
func maskForm(left *field, m *compile.MaskTest) form {
	switch {
	case m.Value&^m.Mask != 0: // nft 1.0.6 lists such a test as one that can be true
		return fixed(m.Not)
	case m.Mask == 0:
		return fixed(!m.Not)
	case m.Mask == 1<<32-1:
		return all(compare(left, m.Not, hexValue(m.Value)))
	}
	return all(bitsTest(left, m.Mask, m.Not, m.Value))
}

// bitsTest tests a number under a mask.
func bitsTest(left *field, mask uint32, not bool, v uint32) stmt {
	return under(left.masked(hex(mask), numberBytes(uint64(mask), left.from[0].size)), not, hexValue(v))
}

// under is a comparison of a field that has a mask.
func under(left *field, not bool, right value) stmt {
	s := compare(left, not, right)
	s.explicit = true
	return s
}

// numberBytes is a number in network order.
func numberBytes(n uint64, size int) []byte { return lastBytes([2]uint64{0, n}, size) }

// atLeast and below compare a number by its size.
func atLeast(f *field, n uint64) stmt { return ordered(f, " >= ", bytecode.Ge, " < ", bytecode.Lt, n) }

func below(f *field, n uint64) stmt { return ordered(f, " < ", bytecode.Lt, " >= ", bytecode.Ge, n) }

func ordered(f *field, op string, code uint32, not string, notCode uint32, n uint64) stmt {
	number := strconv.FormatUint(n, 10)
	s := testOr(f.name+op+number, lessCode(f, code, n), f.name+not+number, lessCode(f, notCode, n))
	s.protocol = f.tests()
	return s
}

func lessCode(f *field, op uint32, n uint64) func(*coder) {
	return func(c *coder) { c.less(f, op, n) }
}

// existence tests whether a header, an option or the like is there.
func existence(f *field, not bool) stmt {
	is := func(want byte) func(*coder) {
		return func(c *coder) {
			c.load(f)
			c.cmp(bytecode.Eq, []byte{want})
		}
	}
	s := testOr(f.name+" exists", is(1), f.name+" missing", is(0))
	s.protocol = f.tests()
	if not {
		return s.opposite()
	}
	return s
}

// netStmt tests an address that is in a net, with a mask of any kind.
func netStmt(left *field, n compile.Net, not bool) stmt {
	bits, ok := n.Prefix()
	switch {
	case ok && bits == n.Addr.BitLen():
		return compare(left, not, addrValue(n.Addr))
	case ok:
		return compare(left, not, netValue(n.Addr, bits))
	}
	return under(left.masked(n.Mask.String(), n.Mask.AsSlice()), not, addrValue(n.Addr))
}

func hex(n uint32) string { return fmt.Sprintf("%#x", n) }

// opposites is the form of "not all of these", which are tests that every packet
// answers.
func opposites(list []stmt) (f form) {
	for _, s := range list {
		f.alts = append(f.alts, []stmt{s.opposite()})
	}
	return f
}

// spansValue writes spans in order. Where there is a range, those that touch
// become one, as nft lists them.
func spansValue(spans []compile.Span) value {
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
	values := make([]value, len(merged))
	for i, s := range merged {
		values[i] = spanValue(s)
	}
	return oneOfValues(values)
}

// ip is the name of the family's header: ip or ip6.
func (t *translator) ip() string { return t.prog.Family.String() }

func (t *translator) ipv6() bool { return t.prog.Family == ast.IPv6 }

// ruleProtocol is the one protocol that the rule at hand is for.
func (t *translator) ruleProtocol() (number uint8, ok bool) {
	return protocolOf(t.rule)
}
