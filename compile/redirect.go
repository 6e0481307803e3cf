package compile

// Redirect sends the connection to this host.
type Redirect struct{ NAT }

// Extension implements Target.
func (*Redirect) Extension() string { return "REDIRECT" }

func (*Redirect) hooks() []Hook { return []Hook{Prerouting, Output} }

var redirectTarget = &extension{
	name:    "REDIRECT",
	options: []option{{name: "to-ports", args: 1}, {name: "random"}},
	target: func(c *call) Target {
		r := &Redirect{c.newNAT()}
		if !c.natPlace(r) || !c.natPorts(&r.NAT) {
			return nil
		}
		return r
	},
}
