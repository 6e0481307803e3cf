package compile

// CPU tests which processor handles the packet.
type CPU struct {
	Number uint32
	Not    bool
}

// Extension implements Step.
func (*CPU) Extension() string { return "cpu" }

// Kind implements Step.
func (*CPU) Kind() Kind { return Condition }

var cpuMatch = &extension{
	name:    "cpu",
	options: []option{{name: "cpu", args: 1, not: true}},
	match: func(c *call) Step {
		g := c.need("cpu", "NUMBER")
		if g == nil {
			return nil
		}
		n, ok := c.number(g.value(), 0, 1<<32-1)
		return stepIf(&CPU{uint32(n), g.not}, ok)
	},
}
