package compile

// DNAT changes the connection's destination.
type DNAT struct{ NAT }

// Extension implements Target.
func (*DNAT) Extension() string { return "DNAT" }

func (*DNAT) hooks() []Hook { return []Hook{Prerouting, Output} }

var dnatTarget = &extension{
	name:    "DNAT",
	options: []option{{name: "to-destination", args: 1}, {name: "random"}, {name: "persistent"}},
	target: func(c *call) Target {
		d := &DNAT{c.newNAT()}
		g := c.oneOf("to-destination")
		if g == nil || !c.natPlace(d) || !c.natTo(&d.NAT, g) {
			return nil
		}
		return d
	},
}
