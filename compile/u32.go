package compile

import (
	"strings"

	"github.com/recentc/recentc/ast"
)

// U32 tests words of the packet, counted from the IP header. A word that the
// packet does not have fails the whole test.
type U32 struct {
	Tests []U32Test
	Not   bool
}

// U32Test tests that the four bytes at Offset, under Mask, lie in one of the spans.
type U32Test struct {
	Offset uint32
	// Behind counts Offset from the end of IPv4's header, options included.
	Behind bool
	Mask   uint32
	Values []Span
}

// Extension implements Step.
func (*U32) Extension() string { return "u32" }

// Kind implements Step.
func (*U32) Kind() Kind { return Condition }

// The kernel keeps at most so many tests, and numbers in each half of a test.
const maxU32 = 10

// maxPayload is the last byte at which nftables can begin to read.
const maxPayload = 255

var u32Match = &extension{
	name:    "u32",
	options: []option{{name: "u32", args: 1, not: true}},
	match: func(c *call) Step {
		g := c.need("u32", "TESTS")
		if g == nil {
			return nil
		}
		m := &U32{Not: g.not}
		for _, test := range strings.Split(g.value().Text, "&&") {
			t, ok := c.u32Test(g.value(), test)
			if !ok {
				return nil
			}
			m.Tests = append(m.Tests, t)
		}
		if len(m.Tests) > maxU32 {
			c.badU32(g.value(), "more than 10 tests")
			return nil
		}
		return m
	},
}

func (c *call) badU32(w ast.Word, what string) {
	c.bad(w, "%q is not a list of tests as -m u32 takes it: %s", w.Text, what)
}

func (c *call) u32Test(w ast.Word, test string) (t U32Test, ok bool) {
	location, values, found := strings.Cut(test, "=")
	if !found || strings.Contains(values, "=") {
		c.badU32(w, "each has one \"=\"")
		return t, false
	}
	from, rest, jumps := strings.Cut(location, "@")
	field, ok := c.u32Location(w, from)
	if ok && jumps {
		field, ok = c.u32Behind(w, field, rest)
	}
	if !ok {
		return t, false
	}
	if numbers := 1 + strings.Count(location, "&") + strings.Count(location, "<<") + strings.Count(location, ">>") + strings.Count(location, "@"); numbers > maxU32 {
		c.badU32(w, "a place has at most 10 numbers")
		return t, false
	}
	t.Offset, t.Behind, t.Mask = field.offset, jumps, field.mask
	t.Values, ok = c.u32Values(w, values, field)
	return t, ok
}

// u32Behind reads the place behind an "@". Only one way to get there has a name in
// nftables, and it is the one that manuals show: 0>>22&0x3C is the length of
// IPv4's header in bytes.
func (c *call) u32Behind(w ast.Word, length u32Field, rest string) (f u32Field, ok bool) {
	if c.family != ast.IPv4 || length != (u32Field{mask: 0x0f000000, shift: 22}) || strings.Contains(rest, "@") {
		c.unsupported(w.Range, "--u32 with this \"@\"", "nftables can read behind the header of IPv4, 0>>22&0x3C@, and at no other place that the packet tells. Use the tests of the protocol's header, such as tcp or udp.")
		return f, false
	}
	return c.u32Location(w, rest)
}

// u32Field is (word at offset & mask) >> shift; a shift below 0 is to the left.
type u32Field struct {
	offset, mask uint32
	shift        int
}

// u32Location reads an offset and what is done with the word there.
func (c *call) u32Location(w ast.Word, s string) (f u32Field, ok bool) {
	f.mask = 1<<32 - 1
	op, more := "", true
	for numbers := 1; more; numbers++ {
		n, rest, good := leadingUint(s, 1<<32-1)
		if !good || numbers > maxU32 || !f.apply(op, uint32(n)) {
			c.badU32(w, "a place is a number, and perhaps &, << or >> with further numbers")
			return f, false
		}
		rest = strings.TrimLeft(rest, cBlanks)
		op = rest[:min(len(rest), 2)]
		if strings.HasPrefix(op, "&") {
			op = "&"
		}
		s, more = rest[len(op):], rest != ""
	}
	if f.offset > maxPayload {
		c.unsupported(w.Range, "--u32 behind byte 255", "nftables cannot read so far behind the header.")
		return f, false
	}
	return f, true
}

func (f *u32Field) apply(op string, n uint32) bool {
	switch op {
	case "":
		f.offset = n
	case "&":
		f.mask &= shifted(n, -f.shift)
	case "<<", ">>":
		if n > 31 {
			return false
		}
		by := int(n)
		if op == "<<" {
			by = -by
		}
		f.shift += by
		f.mask &= shifted(shifted(1<<32-1, f.shift), -f.shift)
	default:
		return false
	}
	return true
}

// shifted moves n to the right, or to the left by a negative number.
func shifted(n uint32, by int) uint32 {
	if by < 0 {
		return n << -by
	}
	return n >> by
}

// u32Values reads the values that a field may have, as values of the word.
func (c *call) u32Values(w ast.Word, s string, f u32Field) (spans []Span, ok bool) {
	parts := strings.Split(s, ",")
	for _, p := range parts {
		lo, rest, ok1 := leadingUint(p, 1<<32-1)
		hi, ok2 := lo, true
		rest = strings.TrimLeft(rest, cBlanks)
		if after, isRange := strings.CutPrefix(rest, ":"); isRange {
			hi, rest, ok2 = leadingUint(after, 1<<32-1)
		}
		ok2 = ok2 && strings.TrimLeft(rest, cBlanks) == ""
		if !ok1 || !ok2 || len(parts) > maxU32 {
			c.badU32(w, "a value is a number or two with a colon between them")
			return nil, false
		}
		if span, some := f.word(lo, hi); some {
			spans = append(spans, span)
		}
	}
	return spans, true
}

// word gives the span of masked words whose field is from lo to hi.
func (f *u32Field) word(lo, hi uint64) (Span, bool) {
	if f.shift < 0 {
		n := uint(-f.shift)
		lo, hi = (lo+1<<n-1)>>n, hi>>n
	} else {
		lo, hi = lo<<f.shift, hi<<f.shift
	}
	if lo > hi || lo > 1<<32-1 {
		return Span{}, false
	}
	return Span{uint32(lo), uint32(min(hi, 1<<32-1))}, true
}
