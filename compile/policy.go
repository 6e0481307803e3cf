package compile

// Policy tests whether IPsec was, or will be, applied to a packet.
type Policy struct {
	// Out looks at what will be applied, otherwise at what was.
	Out bool
	// None asks that there is nothing.
	None bool
}

// Extension implements Step.
func (*Policy) Extension() string { return "policy" }

// Kind implements Step.
func (*Policy) Kind() Kind { return Condition }

var policyMatch = &extension{
	name: "policy",
	options: []option{
		{name: "dir", args: 1}, {name: "pol", args: 1}, {name: "strict"},
		{name: "reqid", args: 1, not: true, multi: true}, {name: "spi", args: 1, not: true, multi: true},
		{name: "proto", args: 1, not: true, multi: true}, {name: "mode", args: 1, not: true, multi: true},
		{name: "tunnel-src", args: 1, not: true, multi: true}, {name: "tunnel-dst", args: 1, not: true, multi: true},
		{name: "next", multi: true},
	},
	match: func(c *call) Step {
		dir := c.need("dir", "in or out")
		if dir == nil {
			return nil
		}
		m := &Policy{}
		i, ok := c.exactly(dir.value(), "in", "out")
		m.Out = i == 1
		if pol := c.get("pol"); pol != nil {
			i, good := c.exactly(pol.value(), "ipsec", "none")
			m.None, ok = i == 1, ok && good
		}
		return stepIf(m, ok && c.policyRules(m))
	},
}

func (c *call) policyRules(m *Policy) bool {
	for i := range c.given {
		if g := &c.given[i]; g.name != "dir" && g.name != "pol" {
			c.unsupported(g.at, "--"+g.name, "nftables looks at one transformation by its place, -m policy at all of them. Write \"ipsec in reqid N\" by hand if there is only one.")
			return false
		}
	}
	switch {
	case m.Out && c.hookIn(Prerouting, Input):
		c.wrongPlace("with --dir out in FORWARD, OUTPUT and POSTROUTING")
	case !m.Out && c.hookIn(Output, Postrouting):
		c.wrongPlace("with --dir in in PREROUTING, INPUT and FORWARD")
	default:
		return true
	}
	return false
}
