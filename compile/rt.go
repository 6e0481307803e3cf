package compile

import "github.com/recentc/recentc/ast"

// RoutingHeader tests an IPv6 routing header. A nil field is not tested.
type RoutingHeader struct {
	Type, SegmentsLeft *SpanTest
	// Length is the header's length in bytes.
	Length *SpanTest
}

// Extension implements Step.
func (*RoutingHeader) Extension() string { return "rt" }

// Kind implements Step.
func (*RoutingHeader) Kind() Kind { return Condition }

var rtMatch = &extension{
	name:   "rt",
	family: ast.IPv6,
	options: []option{
		{name: "rt-type", args: 1, not: true}, {name: "rt-segsleft", args: 1, not: true}, {name: "rt-len", args: 1, not: true},
		{name: "rt-0-res"}, {name: "rt-0-addrs", args: 1}, {name: "rt-0-not-strict"},
	},
	match: func(c *call) Step {
		for _, o := range []string{"rt-0-res", "rt-0-addrs", "rt-0-not-strict"} {
			if g := c.get(o); g != nil {
				c.unsupported(g.at, "--"+o, "nftables does not look into a routing header of type 0.")
				return nil
			}
		}
		m := &RoutingHeader{}
		return stepIf(m, c.lengthOption(&m.Type, "rt-type") && c.spanOption(&m.SegmentsLeft, "rt-segsleft", 1<<32-1) &&
			c.lengthOption(&m.Length, "rt-len"))
	},
}
