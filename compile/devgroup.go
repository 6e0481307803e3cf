package compile

import (
	"strings"

	"github.com/recentc/recentc/ast"
)

// DevGroup tests the group of the devices that the packet passes. A nil field is
// not tested.
type DevGroup struct{ In, Out *MaskTest }

// Extension implements Step.
func (*DevGroup) Extension() string { return "devgroup" }

// Kind implements Step.
func (*DevGroup) Kind() Kind { return Condition }

var devgroupMatch = &extension{
	name:    "devgroup",
	options: []option{{name: "src-group", args: 1, not: true}, {name: "dst-group", args: 1, not: true}},
	match: func(c *call) Step {
		m := &DevGroup{}
		ok := true
		if g := c.get("src-group"); g != nil {
			m.In, ok = c.group(g, "default", "device group", "/etc/iproute2/group")
		}
		if g := c.get("dst-group"); g != nil && ok {
			m.Out, ok = c.group(g, "default", "device group", "/etc/iproute2/group")
		}
		return stepIf(m, c.devGroupRules(m) && ok)
	},
}

// group reads a number, with or without a mask, or a name that the host gives
// to a number; only the name of 0 is the same on all hosts.
func (c *call) group(g *given, zero, what, file string) (*MaskTest, bool) {
	w := g.value()
	if w.Text == zero {
		return &MaskTest{Mask: 1<<32 - 1, Not: g.not}, true
	}
	if isName(w) {
		c.unsupported(w.Range, "the "+what+" "+w.Text, "Write its number: names are known on the host only, in "+file+".")
		return nil, false
	}
	m, ok := c.maskTest(g)
	m.Value &= m.Mask // xt_devgroup looks at no other bits of either
	return m, ok
}

func isName(w ast.Word) bool {
	return w.Text != "" && !strings.ContainsRune("0123456789+-", rune(w.Text[0]))
}

func (c *call) devGroupRules(m *DevGroup) bool {
	switch {
	case len(c.given) == 0:
		c.missing("--src-group or --dst-group")
	case m.In != nil && c.hookIn(Output, Postrouting):
		c.wrongPlace("with --src-group where packets have an incoming device: PREROUTING, INPUT, FORWARD")
	case m.Out != nil && c.hookIn(Prerouting, Input):
		c.wrongPlace("with --dst-group where packets have an outgoing device: FORWARD, OUTPUT, POSTROUTING")
	default:
		return true
	}
	return false
}
