package compile

// ConnLabel tests that the packet's connection has a label. A packet without one
// has none. If Set, the connection is given the label first.
type ConnLabel struct {
	Label    uint8
	Not, Set bool
}

// Extension implements Step.
func (*ConnLabel) Extension() string { return "connlabel" }

// Kind implements Step.
func (m *ConnLabel) Kind() Kind {
	if m.Set {
		return Meter
	}
	return Condition
}

var connlabelMatch = &extension{
	name:    "connlabel",
	options: []option{{name: "label", args: 1, not: true}, {name: "set"}},
	match: func(c *call) Step {
		g := c.need("label", "NUMBER")
		if g == nil {
			return nil
		}
		n, ok := parseUint(g.value().Text, 127)
		if !ok {
			c.unsupported(g.at, "the label "+g.value().Text, "Write its number, 0 to 127: the names are known on the host only, in /etc/xtables/connlabel.conf.")
		}
		return stepIf(&ConnLabel{Label: uint8(n), Not: g.not, Set: c.has("set")}, ok)
	},
}
