package compile

// SNAT changes the connection's source.
type SNAT struct{ NAT }

// Extension implements Target.
func (*SNAT) Extension() string { return "SNAT" }

func (*SNAT) hooks() []Hook { return []Hook{Input, Postrouting} }

var snatTarget = &extension{
	name:    "SNAT",
	options: []option{{name: "to-source", args: 1}, {name: "random"}, {name: "random-fully"}, {name: "persistent"}},
	target: func(c *call) Target {
		s := &SNAT{c.newNAT()}
		g := c.oneOf("to-source")
		if g == nil || !c.natPlace(s) || !c.natTo(&s.NAT, g) {
			return nil
		}
		return s
	},
}
