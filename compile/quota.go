package compile

// Quota holds until packets of Bytes bytes in all have come by.
type Quota struct {
	Bytes uint64
	Not   bool
}

// Extension implements Step.
func (*Quota) Extension() string { return "quota" }

// Kind implements Step.
func (*Quota) Kind() Kind { return Meter }

var quotaMatch = &extension{
	name:    "quota",
	options: []option{{name: "quota", args: 1, not: true}},
	match: func(c *call) Step {
		g := c.need("quota", "BYTES")
		if g == nil {
			return nil
		}
		n, ok := c.number(g.value(), 0, 1<<64-1)
		return stepIf(&Quota{n, g.not}, ok)
	},
}
