package compile

import (
	"net/netip"
	"strings"

	"github.com/recentc/recentc/ast"
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
	if p == nil || p.Not {
		return false
	}
	for _, n := range numbers {
		if p.Number == n {
			return true
		}
	}
	return false
}

// host reads one whole address, as iptables' targets want it.
func (c *call) host(w ast.Word) (netip.Addr, bool) {
	a, ok := parseHost(w.Text, c.family)
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

// valueMask reads "VALUE" or "VALUE/MASK", both at most most. The mask is all
// ones if it is not given.
func (c *call) valueMask(w ast.Word, most uint64) (value, mask uint32, ok bool) {
	text, after, masked := strings.Cut(w.Text, "/")
	v, ok1 := parseUint(text, most)
	m, ok2 := most, true
	if masked {
		m, ok2 = parseUint(after, most)
	}
	if !ok1 || !ok2 {
		c.bad(w, "%q is not a number up to %d, with or without a /MASK", w.Text, most)
		return 0, 0, false
	}
	return uint32(v), uint32(m), true
}

// cutText reads free text of which iptables keeps at most the given number of bytes.
func (c *call) cutText(w ast.Word, most int) (string, bool) {
	switch {
	case w.Text == "":
		c.bad(w, "the text must have at least 1 byte")
		return "", false
	case strings.ContainsAny(w.Text, "\n\x00"):
		c.bad(w, "the text must be on one line")
		return "", false
	case len(w.Text) > most:
		c.tooLong(w, most)
		return w.Text[:most], true
	}
	return w.Text, true
}
