package nft

import (
	"net/netip"
	"strings"

	"github.com/recentc/recentc/compile"
	"github.com/recentc/recentc/internal/bytecode"
)

func (t *translator) masquerade(m *compile.Masquerade) end { return t.nat("masquerade", &m.NAT) }

func (t *translator) redirect(r *compile.Redirect) end { return t.nat("redirect", &r.NAT) }

func (t *translator) snat(s *compile.SNAT) end { return t.nat("snat", &s.NAT) }

func (t *translator) dnat(d *compile.DNAT) end { return t.nat("dnat", &d.NAT) }

// nat writes a statement that changes addresses. Where it has ports, nft wants
// to see the protocol in front of it, in the same rule.
func (t *translator) nat(what string, n *compile.NAT) end {
	e := end{ends: true}
	to := natAddresses(n)
	switch {
	case n.Ports == nil:
	case isPrefix(n.Low, n.High):
		to = t.natMap(n)
	case to == "":
		to = " to :" + spanText(*n.Ports)
	default:
		to += ":" + spanText(*n.Ports)
	}
	if n.Ports != nil {
		e.stmts = []stmt{protocolTest(n.Protocol)}
	}
	e.stmts = append(e.stmts, decide(what+to+natFlags(n), t.natCode(what, n)))
	return e
}

// natAddresses writes " to ADDRESS" or a range, in brackets where ports follow
// behind IPv6 addresses.
func natAddresses(n *compile.NAT) string {
	if !n.Low.IsValid() {
		return ""
	}
	text := func(a netip.Addr) string {
		if a.Is6() && n.Ports != nil {
			return "[" + a.String() + "]"
		}
		return a.String()
	}
	if n.Low == n.High {
		return " to " + text(n.Low)
	}
	return " to " + text(n.Low) + "-" + text(n.High)
}

// natMap writes addresses with ports in a map of one element. nft 1.0.6 lists a
// range that happens to be a prefix as one, and reads a prefix with a port only
// there; the kernel has no room for two IPv6 addresses and ports in an element.
func (t *translator) natMap(n *compile.NAT) string {
	addresses := n.Low.String() + "-" + n.High.String()
	if n.Low.Is6() {
		t.inexpressible("the range "+addresses+" with a port, because it is just a prefix,", "Leave out its first address, or the port.")
	}
	return " ip to meta l4proto map { " + protocolText(n.Protocol) + " : " + addresses + " . " + spanText(*n.Ports) + " }"
}

// isPrefix tells whether a range of more than one address is just a prefix.
func isPrefix(low, high netip.Addr) bool {
	if !low.IsValid() || low == high {
		return false
	}
	a, b := low.AsSlice(), high.AsSlice()
	i := 0
	for a[i] == b[i] {
		i++
	}
	host := a[i] ^ b[i]
	whole := host&(host+1) == 0 && a[i]&host == 0 && b[i]&host == host
	for i++; i < len(a); i++ {
		whole = whole && a[i] == 0 && b[i] == 0xff
	}
	return whole
}

func natFlags(n *compile.NAT) string {
	var flags []string
	if n.Random {
		flags = append(flags, "random")
	}
	if n.FullyRandom {
		flags = append(flags, "fully-random")
	}
	if n.Persistent {
		flags = append(flags, "persistent")
	}
	if flags == nil {
		return ""
	}
	return " " + strings.Join(flags, ",")
}

// natCode is the kernel's statement: an address range in two registers, ports in two more.
func (t *translator) natCode(what string, n *compile.NAT) func(*coder) {
	return func(c *coder) {
		// A map of one element has the addresses there; see natMap.
		c.unknown = c.unknown || n.Ports != nil && isPrefix(n.Low, n.High)
		var attrs []bytecode.Attr
		addr, ports := [2]uint16{3, 4}, [2]uint16{5, 6}
		switch what {
		case "masquerade":
			ports = [2]uint16{2, 3}
		case "redirect":
			ports = [2]uint16{1, 2}
		}
		flags := natFlagBits(n)
		if n.Low.IsValid() {
			flags |= natMapIPs
			attrs = append(attrs, c.span(addr, firstRegister, n.Low.AsSlice(), n.High.AsSlice())...)
		}
		if p := n.Ports; p != nil {
			flags |= natProtoSpecified
			attrs = append(attrs, c.span(ports, firstRegister+8, numberBytes(uint64(p.Low), 2), numberBytes(uint64(p.High), 2))...)
		}
		c.natExpr(what, t.ipv6(), flags, attrs)
	}
}

// The flags of nat and its like.
const natMapIPs, natProtoSpecified, natRandom, natPersistent, natFullyRandom, natNetmap = 1, 2, 4, 8, 16, 64

func natFlagBits(n *compile.NAT) (flags uint32) {
	for bit, on := range map[uint32]bool{natRandom: n.Random, natPersistent: n.Persistent, natFullyRandom: n.FullyRandom} {
		if on {
			flags |= bit
		}
	}
	return flags
}

// span puts a range into registers. A single value is both its ends.
func (c *coder) span(kinds [2]uint16, register uint32, low, high []byte) []bytecode.Attr {
	second := register + uint32(len(low)+3)/4
	c.immediate(register, low)
	c.immediate(second, high)
	return []bytecode.Attr{bytecode.N(kinds[0], register), bytecode.N(kinds[1], second)}
}

func (c *coder) natExpr(what string, ipv6 bool, flags uint32, attrs []bytecode.Attr) {
	const ip4, ip6 = 2, 10
	switch what {
	case "masquerade":
		c.expr("masq", append(attrs, bytecode.N(1, flags&^natMapIPs))...)
		return
	case "redirect":
		c.expr("redir", append(attrs, bytecode.N(3, flags&^natMapIPs))...)
		return
	}
	kind, family := uint32(0), uint32(ip4)
	if what == "dnat" {
		kind = 1
	}
	if ipv6 {
		family = ip6
	}
	c.expr("nat", append(attrs, bytecode.N(1, kind), bytecode.N(2, family), bytecode.N(7, flags))...)
}
