package compile

import "strings"

// SetTOS changes the TOS field of an IPv4 packet or the traffic class of an IPv6
// packet. The packet goes on.
type SetTOS struct{ Change }

// Extension implements Target.
func (*SetTOS) Extension() string { return "TOS" }

// Ends implements Target.
func (*SetTOS) Ends() bool { return false }

var tosTarget = &extension{
	name:    "TOS",
	options: changeOptions("tos"),
	target: func(c *call) Target {
		g := c.oneOf("set-tos", "and-tos", "or-tos", "xor-tos")
		if g == nil || !c.forTable("mangle") {
			return nil
		}
		change, ok := c.setTOSValue(g)
		if !ok {
			return nil
		}
		return &SetTOS{change}
	},
}

func (c *call) setTOSValue(g *given) (Change, bool) {
	w := g.value()
	if _, _, number := leadingUint(w.Text, 255); number || g.name != "set-tos" {
		return c.change(g, "tos", 255)
	}
	value, ok := tosSymbols[strings.ToLower(w.Text)]
	if !ok {
		c.bad(w, "%q is not a number up to 255, or one of %s", w.Text, strings.Join(sortedKeys(tosSymbols), ", "))
	}
	return Change{Clear: symbolMask, Toggle: uint32(value)}, ok
}
