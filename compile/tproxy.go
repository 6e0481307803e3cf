package compile

import "net/netip"

// TProxy hands the packet to a local socket without changing it. A packet for
// which there is no such socket is dropped.
type TProxy struct {
	// Address is not valid where the packet's device gives it.
	Address netip.Addr
	// Port is 0 for the packet's own.
	Port uint16
	// Mark is what happens to the mark of a packet that is handed over.
	Mark Change
	// Protocol is TCP's or UDP's number.
	Protocol uint8
}

// Extension implements Target.
func (*TProxy) Extension() string { return "TPROXY" }

// Ends implements Target.
func (*TProxy) Ends() bool { return true }

func (*TProxy) hooks() []Hook { return []Hook{Prerouting} }

var tproxyTarget = &extension{
	name:      "TPROXY",
	protocols: []uint8{protoTCP, protoUDP},
	options:   []option{{name: "on-port", args: 1}, {name: "on-ip", args: 1}, {name: "tproxy-mark", args: 1}},
	target: func(c *call) Target {
		t := &TProxy{Protocol: c.core.protocol.Number}
		if c.need("on-port", "PORT") == nil || !c.inTable("mangle") || !c.atHooks(t.hooks()) {
			return nil
		}
		if !c.each(func(g *given) bool { return c.tproxyOption(t, g) }) {
			return nil
		}
		return t
	},
}

func (c *call) tproxyOption(t *TProxy, g *given) bool {
	switch g.name {
	case "on-port":
		n, ok := c.lookedUpPort(g.value())
		t.Port = uint16(n)
		return ok
	case "on-ip":
		a, ok := c.host(g.value())
		if !a.IsUnspecified() {
			t.Address = a
		}
		return ok
	}
	v, m, ok := c.valueMask(g.value(), allMarks)
	t.Mark = Change{Clear: m, Toggle: v}
	return ok
}
