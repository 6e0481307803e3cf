package compile

// CGroup tests the class id that the net_cls controller gave the sender. A packet
// without a socket of this host does not match, negated or not.
type CGroup struct {
	Class uint32
	Not   bool
}

// Extension implements Step.
func (*CGroup) Extension() string { return "cgroup" }

// Kind implements Step.
func (*CGroup) Kind() Kind { return Condition }

var cgroupMatch = &extension{
	name:    "cgroup",
	options: []option{{name: "path", args: 1, not: true}, {name: "cgroup", args: 1, not: true}},
	match: func(c *call) Step {
		if g := c.get("path"); g != nil {
			c.unsupported(g.at, "--path", "nftables needs Linux 5.13 for it, and names a cgroup with its depth. Write \"socket cgroupv2 level\" by hand.")
			return nil
		}
		g := c.need("cgroup", "CLASSID")
		if g == nil || c.prerouting("OUTPUT, POSTROUTING, INPUT") {
			return nil
		}
		n, ok := c.number(g.value(), 0, 1<<32-1)
		return stepIf(&CGroup{uint32(n), g.not}, ok)
	},
}

// prerouting reports a match that needs a local socket where there is none.
func (c *call) prerouting(where string) bool {
	if c.hookIn(Prerouting, Forward) {
		c.wrongPlace("where a packet has a socket: " + where)
		return true
	}
	return false
}
