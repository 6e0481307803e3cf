package compile

import "github.com/recentc/recentc/ast"

// Realm tests the realm of the packet's route. A packet without route does not
// match, negated or not.
type Realm struct{ MaskTest }

// Extension implements Step.
func (*Realm) Extension() string { return "realm" }

// Kind implements Step.
func (*Realm) Kind() Kind { return Condition }

var realmMatch = &extension{
	name:    "realm",
	family:  ast.IPv4,
	options: []option{{name: "realm", args: 1, not: true}},
	match: func(c *call) Step {
		g := c.need("realm", "VALUE")
		if g == nil {
			return nil
		}
		if c.hookIn(Prerouting) {
			c.wrongPlace("where a packet has a route: INPUT, FORWARD, OUTPUT, POSTROUTING")
			return nil
		}
		m, ok := c.group(g, "cosmos", "realm", "/etc/iproute2/rt_realms")
		if !ok {
			return nil
		}
		return &Realm{*m}
	},
}
