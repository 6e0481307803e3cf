package compile

import "github.com/recentc/recentc/ast"

// NetMap moves addresses to another net and keeps their host part: the
// destination in PREROUTING and OUTPUT, the source elsewhere.
type NetMap struct{ To Net }

// Extension implements Target.
func (*NetMap) Extension() string { return "NETMAP" }

// Ends implements Target.
func (*NetMap) Ends() bool { return true }

func (*NetMap) hooks() []Hook { return []Hook{Prerouting, Input, Output, Postrouting} }

var netmapTarget = &extension{
	name:    "NETMAP",
	options: []option{{name: "to", args: 1}},
	target: func(c *call) Target {
		m := &NetMap{}
		g := c.need("to", "ADDRESS/BITS")
		if g == nil || !c.natPlace(m) || !c.netmapTo(m, g.value()) {
			return nil
		}
		return m
	},
}

func (c *call) netmapTo(m *NetMap, w ast.Word) (ok bool) {
	m.To, ok = c.resolvedNet(w)
	return ok
}
