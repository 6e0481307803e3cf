package compile

// SetDSCP sets the upper six bits of the TOS field or traffic class. The packet goes on.
type SetDSCP struct{ Value uint8 }

// Extension implements Target.
func (*SetDSCP) Extension() string { return "DSCP" }

// Ends implements Target.
func (*SetDSCP) Ends() bool { return false }

var dscpTarget = &extension{
	name:    "DSCP",
	options: []option{{name: "set-dscp", args: 1}, {name: "set-dscp-class", args: 1}},
	target: func(c *call) Target {
		g := c.oneOf("set-dscp", "set-dscp-class")
		if g == nil || !c.forTable("mangle") {
			return nil
		}
		value, ok := c.setDSCPValue(g)
		if !ok {
			return nil
		}
		return &SetDSCP{value}
	},
}

func (c *call) setDSCPValue(g *given) (uint8, bool) {
	if g.name == "set-dscp" {
		n, ok := c.number(g.value(), 0, 63)
		return uint8(n), ok
	}
	return c.dscpClass(g.value())
}
