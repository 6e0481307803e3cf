package compile

import (
	"github.com/recentc/recentc/ast"
)

// AddrTypes is a set of kinds of addresses: bit n is the kernel's RTN type n.
type AddrTypes struct {
	Mask uint16
	Not  bool
}

// The bits of AddrTypes that have a meaning in IPv6.
const (
	AddrUnspec      = 1 << 0
	AddrUnicast     = 1 << 1
	AddrLocal       = 1 << 2
	AddrBroadcast   = 1 << 3
	AddrAnycast     = 1 << 4
	AddrMulticast   = 1 << 5
	AddrBlackhole   = 1 << 6
	AddrUnreachable = 1 << 7
	addrProhibit    = 1 << 8
)

// AddrType tests what kind of address a packet has, as the routing tables know
// it. A nil field is not tested.
type AddrType struct {
	Source, Dest *AddrTypes
	// In and Out look at the packet's own device only.
	In, Out bool
}

// Extension implements Step.
func (*AddrType) Extension() string { return "addrtype" }

// Kind implements Step.
func (*AddrType) Kind() Kind { return Condition }

var addrTypeNames = []string{
	"UNSPEC", "UNICAST", "LOCAL", "BROADCAST", "ANYCAST", "MULTICAST", "BLACKHOLE", "UNREACHABLE", "PROHIBIT", "THROW", "NAT", "XRESOLVE",
}

var addrtypeMatch = &extension{
	name: "addrtype",
	options: []option{
		{name: "src-type", args: 1, not: true}, {name: "dst-type", args: 1, not: true},
		{name: "limit-iface-in"}, {name: "limit-iface-out"},
	},
	match: func(c *call) Step {
		m := &AddrType{In: c.has("limit-iface-in"), Out: c.has("limit-iface-out")}
		ok := c.each(func(g *given) bool { return c.addrTypeOption(m, g) })
		return stepIf(m, c.addrTypeRules(m) && ok)
	},
}

func (c *call) addrTypeOption(m *AddrType, g *given) (ok bool) {
	switch g.name {
	case "src-type":
		m.Source, ok = c.addrTypes(g)
		return ok
	case "dst-type":
		m.Dest, ok = c.addrTypes(g)
		return ok
	}
	return true
}

func (c *call) addrTypes(g *given) (*AddrTypes, bool) {
	t := &AddrTypes{Not: g.not}
	for _, w := range split(g.value(), ',') {
		i, ok := c.abbreviated(w, addrTypeNames)
		if !ok {
			return nil, false
		}
		t.Mask |= 1 << i
	}
	if c.family == ast.IPv6 && t.Mask&(AddrBroadcast|AddrBlackhole) != 0 || c.family == ast.IPv6 && t.Mask >= addrProhibit {
		c.bad(g.value(), "IPv6 knows only UNSPEC, UNICAST, LOCAL, ANYCAST, MULTICAST and UNREACHABLE")
		return nil, false
	}
	return t, true
}

func (c *call) addrTypeRules(m *AddrType) bool {
	switch {
	case !c.has("src-type") && !c.has("dst-type"):
		c.missing("--src-type or --dst-type")
	case m.In && m.Out:
		c.conflict(c.get("limit-iface-out"), "limit-iface-in")
	case m.In && c.hookIn(Output, Postrouting):
		c.wrongPlace("with --limit-iface-in where packets have an incoming device: PREROUTING, INPUT, FORWARD")
	case m.Out && c.hookIn(Prerouting, Input):
		c.wrongPlace("with --limit-iface-out where packets have an outgoing device: FORWARD, OUTPUT, POSTROUTING")
	default:
		return true
	}
	return false
}
