package compile

// ConnMark tests the mark of the packet's connection. A packet without one does
// not match, negated or not.
type ConnMark struct{ MaskTest }

// Extension implements Step.
func (*ConnMark) Extension() string { return "connmark" }

// Kind implements Step.
func (*ConnMark) Kind() Kind { return Condition }

var connmarkMatch = &extension{
	name:    "connmark",
	options: []option{{name: "mark", args: 1, not: true}},
	match: func(c *call) Step {
		g := c.need("mark", "VALUE")
		if g == nil {
			return nil
		}
		m, ok := c.maskTest(g)
		return stepIf(&ConnMark{*m}, ok)
	},
}
