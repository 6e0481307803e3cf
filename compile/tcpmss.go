package compile

// TCPMSS tests the maximum segment size that a TCP packet asks for. A packet
// without the option does not match, and matches if negated.
type TCPMSS struct{ SpanTest }

// Extension implements Step.
func (*TCPMSS) Extension() string { return "tcpmss" }

// Kind implements Step.
func (*TCPMSS) Kind() Kind { return Condition }

var tcpmssMatch = &extension{
	name:      "tcpmss",
	protocols: []uint8{protoTCP},
	options:   []option{{name: "mss", args: 1, not: true}},
	match: func(c *call) Step {
		g := c.need("mss", "SIZE[:SIZE]")
		if g == nil {
			return nil
		}
		low, high, _, ok := parseSpan(g.value().Text, 65535)
		if !ok || low > high {
			c.bad(g.value(), "%q is not a number or a range of numbers up to 65535", g.value().Text)
			return nil
		}
		return &TCPMSS{SpanTest{Span{uint32(low), uint32(high)}, g.not}}
	},
}
