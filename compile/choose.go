package compile

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/internal/diag"
)

// oneOf returns the only one of these options that is given. It reports two of
// them, and none.
func (c *call) oneOf(names ...string) *given {
	var found *given
	for _, n := range names {
		g := c.get(n)
		switch {
		case g == nil:
		case found != nil:
			c.conflict(g, found.name)
			return nil
		default:
			found = g
		}
	}
	if found == nil {
		c.missing("--" + strings.Join(names, " or --"))
	}
	return found
}

// protocolIs tells whether the rule has -p with one of these protocols.
func (c *call) protocolIs(numbers ...uint8) bool {
	p := c.core.protocol
	return p != nil && !p.Not && slices.Contains(numbers, p.Number)
}

// needsProtocol reports an option that only packets of a protocol can have.
func (c *call) needsProtocol(g *given, names string) {
	c.report(diag.NeedsProtocol, g.at, "--"+g.name+" needs -p "+names+" here", "iptables or the kernel refuses the rule.", "Add -p to the rule.")
}

// host reads one address, as iptables' targets that ask getaddrinfo want it.
func (c *call) host(w ast.Word) (netip.Addr, bool) {
	a, ok := c.resolved(w.Text)
	if !ok {
		c.badAddress(w)
	}
	return a, ok
}

// parseHost is parseAddr without the short forms of IPv4 addresses.
func parseHost(s string, f ast.Family) (netip.Addr, bool) {
	if f == ast.IPv4 && strings.Count(s, ".") != 3 {
		return netip.Addr{}, false
	}
	return parseAddr(s, f)
}

// valueMask reads "VALUE" or "VALUE/MASK". The mask is all ones if it is not given.
func (c *call) valueMask(w ast.Word, most uint64) (value, mask uint32, ok bool) {
	text, after, masked := strings.Cut(w.Text, "/")
	v, ok1 := parseUint(text, most)
	m, ok2 := most, true
	if masked {
		m, ok2 = parseUint(after, most)
	}
	if !ok1 || !ok2 {
		c.bad(w, "%q is not a number up to %#x, with or without a /MASK", w.Text, most)
		return 0, 0, false
	}
	return uint32(v), uint32(m), true
}

// prefixText reads the text in front of a log message, if it is given. iptables
// keeps at most the given number of bytes of it.
func (c *call) prefixText(name string, most int, into *string) bool {
	g := c.get(name)
	if g == nil {
		return true
	}
	*into = g.value().Text
	switch {
	case *into == "":
		c.bad(g.value(), "the text must have at least 1 byte")
		return false
	case strings.ContainsAny(*into, "\n\x00"):
		c.bad(g.value(), "the text must be on one line")
		return false
	case len(*into) > most:
		*into = (*into)[:most]
		c.warn(diag.TextCut, g.value().Range, fmt.Sprintf("the text is cut to %d bytes", most),
			"iptables keeps no more of it, so this is what the log says today.", "Shorten it, so that the rule says what is logged.")
	}
	return true
}
