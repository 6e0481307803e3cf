package compile

// Masquerade gives the connection the address of the device it leaves by.
type Masquerade struct{ NAT }

// Extension implements Target.
func (*Masquerade) Extension() string { return "MASQUERADE" }

func (*Masquerade) hooks() []Hook { return []Hook{Postrouting} }

var masqueradeTarget = &extension{
	name:    "MASQUERADE",
	options: []option{{name: "to-ports", args: 1}, {name: "random"}, {name: "random-fully"}},
	target: func(c *call) Target {
		m := &Masquerade{c.newNAT()}
		if !c.natPlace(m) || !c.natPorts(&m.NAT) {
			return nil
		}
		return m
	},
}
