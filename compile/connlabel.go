package compile

// ConnLabel tests that the packet's connection has a label. A packet without one
// has none.
type ConnLabel struct {
	Label uint8
	Not   bool
}

// Extension implements Step.
func (*ConnLabel) Extension() string { return "connlabel" }

// Kind implements Step.
func (*ConnLabel) Kind() Kind { return Condition }

var connlabelMatch = &extension{
	name:    "connlabel",
	options: []option{{name: "label", args: 1, not: true}, {name: "set"}},
	match: func(c *call) Step {
		g := c.need("label", "NUMBER")
		if g == nil {
			return nil
		}
		if s := c.get("set"); s != nil {
			c.unsupported(s.at, "--set", "In nftables \"ct label set\" replaces all labels of a connection. Use a bit of the connection's mark.")
			return nil
		}
		n, ok := parseUint(g.value().Text, 127)
		if !ok {
			c.unsupported(g.at, "the label "+g.value().Text, "Write its number, 0 to 127: the names are known on the host only, in /etc/xtables/connlabel.conf.")
		}
		return stepIf(&ConnLabel{uint8(n), g.not}, ok)
	},
}
