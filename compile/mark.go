package compile

// Mark tests the packet's mark.
type Mark struct{ MaskTest }

// Extension implements Step.
func (*Mark) Extension() string { return "mark" }

// Kind implements Step.
func (*Mark) Kind() Kind { return Condition }

var markMatch = &extension{
	name:    "mark",
	options: []option{{name: "mark", args: 1, not: true}},
	match: func(c *call) Step {
		g := c.need("mark", "VALUE")
		if g == nil {
			return nil
		}
		m, ok := c.maskTest(g)
		return stepIf(&Mark{*m}, ok)
	},
}
