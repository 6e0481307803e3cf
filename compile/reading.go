package compile

import (
	"fmt"
	"strings"

	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/internal/diag"
)

// SpanTest tests that a number lies in a span. A span that ends before it begins
// is possible: iptables takes it, and no number lies in it.
type SpanTest struct {
	Span
	Not bool
}

// Empty tells whether no number lies in the span.
func (s Span) Empty() bool { return s.Low > s.High }

// MaskTest tests that a number, with all bits outside Mask cleared, is Value.
type MaskTest struct {
	Value, Mask uint32
	Not         bool
}

// stepIf returns the step if it was read without errors.
func stepIf(s Step, ok bool) Step {
	if !ok {
		return nil
	}
	return s
}

// each hands every given option to read, so that all errors are reported.
func (c *call) each(read func(g *given) bool) bool {
	ok := true
	for i := range c.given {
		ok = read(&c.given[i]) && ok
	}
	return ok
}

// need gives an option that must be there.
func (c *call) need(name, value string) *given {
	g := c.get(name)
	if g == nil {
		c.missing(strings.TrimSpace("--" + name + " " + value))
	}
	return g
}

// spanTest reads the "N", "N:M", ":M" or "N:" of an option.
func (c *call) spanTest(g *given, most uint64) (*SpanTest, bool) {
	w := g.value()
	lo, hi, _, ok := parseSpan(w.Text, most)
	if !ok {
		c.bad(w, "%q is not a number or a range of numbers up to %d", w.Text, most)
		return nil, false
	}
	s := &SpanTest{Span{uint32(lo), uint32(hi)}, g.not}
	c.checkSpan(w, s)
	return s, true
}

// checkSpan warns of a span that ends before it begins: iptables 1.8.9 loads it for
// UDP, DCCP and lengths, and refuses it for TCP and SCTP.
func (c *call) checkSpan(w ast.Word, s *SpanTest) {
	if !s.Empty() {
		return
	}
	code, why := diag.NeverMatches, "Nothing lies in it. Some versions of iptables load it, and then the rule matches no packet."
	if s.Not {
		code, why = diag.OddValue, "Nothing lies in it, so everything is outside of it. Some versions of iptables load it."
	}
	c.warn(code, w.Range, fmt.Sprintf("the range %s ends before it begins", w.Text), why, "Turn it around.")
}

// maskTest reads "VALUE" or "VALUE/MASK".
func (c *call) maskTest(g *given) (*MaskTest, bool) {
	w := g.value()
	value, mask, masked := strings.Cut(w.Text, "/")
	m := &MaskTest{Mask: 1<<32 - 1, Not: g.not}
	v, ok := parseUint(value, 1<<32-1)
	m.Value = uint32(v)
	if masked && ok {
		v, ok = parseUint(mask, 1<<32-1)
		m.Mask = uint32(v)
	}
	if !ok {
		c.bad(w, "%q is not a 32-bit number, or a number and a mask with a slash between them", w.Text)
	}
	return m, ok
}

// abbreviated finds the first name that begins with a word, as some matches do
// with their names; capitals make no difference.
func (c *call) abbreviated(w ast.Word, names []string) (int, bool) {
	for i, n := range names {
		if w.Text != "" && len(n) >= len(w.Text) && strings.EqualFold(n[:len(w.Text)], w.Text) {
			return i, true
		}
	}
	c.bad(w, "%q is none of %s", w.Text, strings.Join(names, ", "))
	return 0, false
}

// named finds a name that must be written in full; capitals make no difference.
func (c *call) named(w ast.Word, names []string) (int, bool) {
	for i, n := range names {
		if strings.EqualFold(n, w.Text) {
			return i, true
		}
	}
	c.bad(w, "%q is none of %s", w.Text, strings.Join(names, ", "))
	return 0, false
}

// hookIn tells whether the rule stands in a chain with one of the hooks. Of a
// chain of the user's own that is not known.
func (c *call) hookIn(hooks ...Hook) bool {
	if c.chain == nil {
		return false
	}
	for _, h := range hooks {
		if c.chain.Hook == h {
			return true
		}
	}
	return false
}

// tableIn tells whether the rule stands in one of the tables.
func (c *call) tableIn(names ...string) bool {
	for _, n := range names {
		if c.table != nil && c.table.name == n {
			return true
		}
	}
	return false
}

// spanOption reads an option that may be there.
func (c *call) spanOption(into **SpanTest, name string, most uint64) (ok bool) {
	g := c.get(name)
	if g == nil {
		return true
	}
	*into, ok = c.spanTest(g, most)
	return ok
}

// onlyWith checks that the rule is for one protocol, as an option needs it.
func (c *call) onlyWith(g *given, protocol uint8) bool {
	if c.onlyProtocol(g.at, "--"+g.name, protocol) {
		return true
	}
	name := protocolName(protocol, c.family)
	c.report(diag.NeedsProtocol, g.at, "--"+g.name+" needs -p "+name, "The kernel refuses the table with \"Invalid argument\".", "Add -p "+name+" to the rule.")
	return false
}
