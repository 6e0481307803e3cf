package compile

import "github.com/recentc/recentc/ast"

// Frag tests an IPv6 fragment header.
type Frag struct {
	// ID is nil if not tested.
	ID *SpanTest
	// Reserved asks that the reserved bits are zero, First that it is the first
	// fragment, More that others follow, Last that none does.
	Reserved, First, More, Last bool
}

// Extension implements Step.
func (*Frag) Extension() string { return "frag" }

// Kind implements Step.
func (*Frag) Kind() Kind { return Condition }

// fragMatch takes --fraglen, at which the kernel does not look.
var fragMatch = &extension{
	name:   "frag",
	family: ast.IPv6,
	options: []option{
		{name: "fragid", args: 1, not: true}, {name: "fraglen", args: 1, not: true}, {name: "fragres"},
		{name: "fragfirst"}, {name: "fragmore"}, {name: "fraglast"},
	},
	match: func(c *call) Step {
		m := &Frag{Reserved: c.has("fragres"), First: c.has("fragfirst"), More: c.has("fragmore"), Last: c.has("fraglast")}
		if m.More && m.Last {
			c.conflict(c.get("fraglast"), "fragmore")
			return nil
		}
		ok := c.spanOption(&m.ID, "fragid", 1<<32-1)
		if g := c.get("fraglen"); g != nil {
			_, good := c.number(g.value(), 0, 1<<32-1)
			ok = ok && good
		}
		return stepIf(m, ok)
	},
}
