package compile

import (
	"net/netip"

	"github.com/recentc/recentc/ast"
)

// ConnLimit tests how many connections the net of the packet's address has, that
// of the packet counted: more than Limit if Above, up to Limit if not.
type ConnLimit struct {
	Limit uint32
	Above bool
	Side  Side
	// Bits is the length of the net's prefix; 0 counts all addresses as one.
	Bits int
}

// Extension implements Step.
func (*ConnLimit) Extension() string { return "connlimit" }

// Kind implements Step.
func (*ConnLimit) Kind() Kind { return Meter }

var connlimitMatch = &extension{
	name: "connlimit",
	options: []option{
		{name: "connlimit-upto", args: 1, not: true}, {name: "connlimit-above", args: 1, not: true},
		{name: "connlimit-mask", args: 1}, {name: "connlimit-saddr"}, {name: "connlimit-daddr"},
	},
	match: func(c *call) Step {
		m := &ConnLimit{Bits: addrLen(c.family) * 8}
		if !c.connLimitRules() || !c.each(func(g *given) bool { return c.connLimitOption(m, g) }) {
			return nil
		}
		return m
	},
}

func (c *call) connLimitRules() bool {
	switch {
	case !c.has("connlimit-upto") && !c.has("connlimit-above"):
		c.missing("--connlimit-above N or --connlimit-upto N")
	case c.has("connlimit-upto") && c.has("connlimit-above"):
		c.conflict(c.get("connlimit-above"), "connlimit-upto")
	case c.has("connlimit-saddr") && c.has("connlimit-daddr"):
		c.conflict(c.get("connlimit-daddr"), "connlimit-saddr")
	default:
		return true
	}
	return false
}

func (c *call) connLimitOption(m *ConnLimit, g *given) bool {
	var n uint64
	ok := true
	switch g.name {
	case "connlimit-upto", "connlimit-above":
		n, ok = c.number(g.value(), 0, 1<<32-1)
		m.Limit, m.Above = uint32(n), (g.name == "connlimit-above") != g.not
	case "connlimit-mask":
		var mask netip.Addr
		mask, ok = c.resolvedMask(g.value(), g.value().Text)
		if m.Bits, _ = maskBits(mask); !ok {
			c.badMask(g.value(), g.value().Text)
		}
	case "connlimit-daddr":
		m.Side = DestSide
	}
	return ok
}

// prefixLength reads the length of a prefix of the rule's family, or a mask.
func (c *call) prefixLength(w ast.Word) (int, bool) {
	bits, whole, ok := c.prefixBits(w.Text)
	if !ok || !whole {
		c.bad(w, "%q is not the length of a prefix: a number from 0 to %d", w.Text, addrLen(c.family)*8)
	}
	return bits, ok && whole
}
