package compile

import (
	"net/netip"
	"strings"

	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/internal/diag"
	"github.com/recentc/recentc/internal/iana"
)

// NAT is what the addresses and ports of a connection are changed to.
type NAT struct {
	// Low and High are the first and the last address; not valid where the
	// address stays as it is.
	Low, High netip.Addr
	// Ports is nil where the kernel is free to choose.
	Ports *Span
	// Protocol is that of the rule where Ports are given.
	Protocol uint8
	// Random and FullyRandom choose the port at random, Persistent the address
	// by the client alone.
	Random, FullyRandom, Persistent bool
}

// Ends is true: the first rule that changes addresses decides.
func (*NAT) Ends() bool { return true }

// natPlace checks the table and the hook.
func (c *call) natPlace(t hooked) bool { return c.inTable("nat") && c.atHooks(t.hooks()) }

// newNAT reads the options without a value.
func (c *call) newNAT() NAT {
	return NAT{Random: c.has("random"), FullyRandom: c.has("random-fully"), Persistent: c.has("persistent")}
}

// natPorts reads --to-ports, if it is given.
func (c *call) natPorts(n *NAT) bool {
	g := c.get("to-ports")
	return g == nil || c.portRange(n, g, g.value())
}

// natTo reads ADDRESS, ADDRESS-ADDRESS, :PORT or both; with a port an IPv6
// address stands in brackets.
func (c *call) natTo(n *NAT, g *given) bool {
	addresses, ports, ok := c.natParts(g.value())
	if !ok {
		c.bad(g.value(), "%q is not an address, or [ADDRESS]:PORT", g.value().Text)
		return false
	}
	if addresses.Text != "" || ports.Text == "" {
		ok = c.natAddresses(n, addresses)
	}
	if ports.Text != "" {
		ok = c.portRange(n, g, part(ports, 1, len(ports.Text)-1)) && ok
	}
	return ok
}

// natParts cuts the value into addresses and ":PORTS".
func (c *call) natParts(w ast.Word) (addresses, ports ast.Word, ok bool) {
	i := len(w.Text)
	if c.family == ast.IPv4 {
		if colon := strings.IndexByte(w.Text, ':'); colon >= 0 {
			i = colon
		}
		return part(w, 0, i), part(w, i, len(w.Text)-i), true
	}
	if strings.HasPrefix(w.Text, ":") && !strings.HasPrefix(w.Text, "::") {
		return part(w, 0, 0), w, true
	}
	if !strings.HasPrefix(w.Text, "[") {
		return w, part(w, i, 0), true
	}
	end := strings.IndexByte(w.Text, ']')
	if end < 0 {
		return w, w, false
	}
	colon := strings.IndexByte(w.Text[end:], ':') // what stands between is nothing to iptables
	if colon < 0 {
		return part(w, 1, end-1), part(w, len(w.Text), 0), true
	}
	return part(w, 1, end-1), part(w, end+colon, len(w.Text)-end-colon), true
}

func (c *call) natAddresses(n *NAT, w ast.Word) bool {
	low, high, isRange := strings.Cut(w.Text, "-")
	if !isRange {
		high = low
	}
	var ok1, ok2 bool
	n.Low, ok1 = parsePlain(low, c.family)
	n.High, ok2 = parsePlain(high, c.family)
	if !ok1 || !ok2 {
		c.bad(w, "%q is not an %s address, or two with a dash between", w.Text, familyName(c.family))
		return false
	}
	if n.High.Less(n.Low) {
		c.unsupported(w.Range, "a range of addresses that ends before it begins", "Turn it round.")
		return false
	}
	return true
}

// parsePlain reads an address as inet_pton does: all parts of it, in decimal.
func parsePlain(s string, f ast.Family) (netip.Addr, bool) {
	a, err := netip.ParseAddr(s)
	return a, err == nil && a.Zone() == "" && a.Is4() == (f == ast.IPv4)
}

// portRange reads the port or ports to change to; they need a protocol that has some,
// which iptables must know before it comes to the option.
func (c *call) portRange(n *NAT, g *given, w ast.Word) bool {
	p := c.core.protocol
	switch {
	case p != nil && p.Not && portProtocol(p.Number):
		c.unsupported(g.at, "a port behind \"! -p\"", "Name the protocol that is meant.")
		return false
	case p == nil || !portProtocol(p.Number):
		c.needsProtocol(g, "tcp, udp, sctp or dccp")
		return false
	case !g.behindProtocol:
		c.report(diag.NeedsProtocol, g.at, "--"+g.name+" with a port stands in front of -p",
			"iptables reads from left to right and refuses the rule.", "Move -p in front of -j.")
		return false
	}
	n.Protocol = p.Number
	span, ok := c.dashedPorts(w)
	n.Ports = &span
	return ok
}

// portProtocol tells the protocols in whose packets NAT changes ports; for ICMP
// it is the query's identifier.
func portProtocol(n uint8) bool {
	return n == protoTCP || n == protoUDP || n == protoSCTP || n == protoDCCP || n == protoICMP
}

// dashedPorts reads PORT, NAME or PORT-PORT.
func (c *call) dashedPorts(w ast.Word) (Span, bool) {
	low, rest, ok := leadingUint(w.Text, 65535)
	if !ok || rest == "" {
		n, ok := c.port("")(w)
		return Span{n, n}, ok
	}
	if ok = rest[0] == '-'; ok {
		var high uint64
		high, rest, ok = leadingUint(rest[1:], 65535)
		if ok && low <= high {
			return c.unshifted(w, rest, Span{uint32(low), uint32(high)})
		}
	}
	c.bad(w, "%q is not a port or a range PORT-PORT", w.Text)
	return Span{}, false
}

// unshifted refuses what iptables takes behind a range of ports, "/BASE".
func (c *call) unshifted(w ast.Word, rest string, s Span) (Span, bool) {
	base, shifted := strings.CutPrefix(rest, "/")
	_, _, isPort := leadingUint(base, 65535)
	_, isService := iana.Service(base)
	switch {
	case rest == "":
		return s, true
	case shifted && (isPort || isService):
		c.unsupported(w.Range, "a shifted range of ports (/BASE)", "Write a rule for each port.")
	default:
		c.bad(w, "%q is not a port or a range PORT-PORT", w.Text)
	}
	return s, false
}
