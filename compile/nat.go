package compile

import (
	"net/netip"
	"strings"

	"github.com/recentc/recentc/ast"
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
	if end < 0 || end+1 < len(w.Text) && w.Text[end+1] != ':' {
		return w, w, false
	}
	return part(w, 1, end-1), part(w, end+1, len(w.Text)-end-1), true
}

func (c *call) natAddresses(n *NAT, w ast.Word) bool {
	low, high, isRange := strings.Cut(w.Text, "-")
	if !isRange {
		high = low
	}
	var ok1, ok2 bool
	n.Low, ok1 = parseHost(low, c.family)
	n.High, ok2 = parseHost(high, c.family)
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

// portRange reads the port or ports to change to; they need a protocol that has some.
func (c *call) portRange(n *NAT, g *given, w ast.Word) bool {
	switch {
	case strings.Contains(w.Text, "/"):
		c.unsupported(w.Range, "a shifted range of ports (/BASE)", "Write a rule for each port.")
		return false
	case c.core.protocol != nil && c.core.protocol.Not && portProtocol(c.core.protocol.Number):
		c.unsupported(g.at, "a port behind \"! -p\"", "Name the protocol that is meant.")
		return false
	case c.core.protocol == nil || !portProtocol(c.core.protocol.Number):
		c.needsProtocol(g, "tcp, udp, sctp or dccp")
		return false
	}
	n.Protocol = c.core.protocol.Number
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
	parts := split(w, '-')
	if _, ok := iana.Service(w.Text); ok || len(parts) == 1 {
		n, ok := c.port(w)
		return Span{n, n}, ok
	}
	low, ok1 := parseUint(parts[0].Text, 65535)
	high, ok2 := parseUint(parts[1].Text, 65535)
	if !ok1 || !ok2 || len(parts) > 2 || low > high {
		c.bad(w, "%q is not a port or a range PORT-PORT", w.Text)
		return Span{}, false
	}
	return Span{uint32(low), uint32(high)}, true
}
