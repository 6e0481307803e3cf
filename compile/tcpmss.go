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
		s, ok := c.span(g.value(), ":", 65535)
		return stepIf(&TCPMSS{SpanTest{s, g.not}}, ok)
	},
}
