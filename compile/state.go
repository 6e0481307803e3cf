package compile

// stateMatch is the older and smaller face of conntrack.
var stateMatch = &extension{
	name:    "state",
	options: []option{{name: "state", args: 1, not: true}},
	match: func(c *call) Step {
		g := c.need("state", "STATE")
		if g == nil {
			return nil
		}
		s, ok := c.ctStates(g.value(), ctStateNames[:5])
		return stepIf(&Conntrack{State: s, NotState: g.not}, ok)
	},
}
