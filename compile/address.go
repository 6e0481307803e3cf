package compile

import (
	"encoding/binary"
	mathbits "math/bits"
	"net/netip"
	"strconv"
	"strings"

	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/internal/diag"
)

// Net is an address with a mask, which need not be a prefix.
type Net struct{ Addr, Mask netip.Addr }

// Prefix returns the mask as a prefix length, if it is one.
func (n Net) Prefix() (bits int, ok bool) { return maskBits(n.Mask) }

// Any tells whether every address is in the net.
func (n Net) Any() bool { bits, ok := n.Prefix(); return ok && bits == 0 }

// maskBits counts the leading ones of a mask; ok is false if others follow.
func maskBits(m netip.Addr) (bits int, ok bool) {
	if m.Is4() {
		raw := m.As4()
		return leadingOnes(uint64(binary.BigEndian.Uint32(raw[:])) << 32)
	}
	raw := m.As16()
	bits, ok = leadingOnes(binary.BigEndian.Uint64(raw[:8]))
	more, okMore := leadingOnes(binary.BigEndian.Uint64(raw[8:]))
	return bits + more, ok && okMore && (bits == 64 || more == 0)
}

func leadingOnes(n uint64) (count int, ok bool) {
	count = mathbits.LeadingZeros64(^n)
	return count, n<<count == 0
}

// prefixMask returns the mask with the given number of leading ones.
func prefixMask(f ast.Family, bits int) netip.Addr {
	var raw [16]byte
	binary.BigEndian.PutUint64(raw[:8], ^(^uint64(0) >> min(bits, 64)))
	binary.BigEndian.PutUint64(raw[8:], ^(^uint64(0) >> max(bits-64, 0)))
	if f == ast.IPv6 {
		return netip.AddrFrom16(raw)
	}
	return netip.AddrFrom4([4]byte(raw[:4]))
}

func addrLen(f ast.Family) int {
	if f == ast.IPv6 {
		return 16
	}
	return 4
}

// applyMask returns a with all bits outside the mask cleared.
func applyMask(a, mask netip.Addr) netip.Addr {
	raw, m := a.As16(), mask.As16()
	for i := range raw {
		raw[i] &= m[i]
	}
	out := netip.AddrFrom16(raw)
	if a.Is4() {
		return out.Unmap()
	}
	return out
}

// parseAddr reads an address of the rule's family. Of an IPv4 address iptables
// takes the beginning too ("10.1" is 10.1.0.0).
func parseAddr(s string, f ast.Family) (netip.Addr, bool) {
	if f == ast.IPv6 {
		a, err := netip.ParseAddr(s)
		return a, err == nil && a.Is6() && a.Zone() == ""
	}
	var raw [4]byte
	for i := range raw {
		part, rest, more := strings.Cut(s, ".")
		n, ok := parseUint(part, 255)
		if !ok {
			return netip.Addr{}, false
		}
		raw[i] = byte(n)
		if s = rest; !more {
			return netip.AddrFrom4(raw), true
		}
	}
	return netip.Addr{}, false
}

// looksLikeName tells a host name from a mistyped address.
func looksLikeName(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return r >= 'g' && r <= 'z' || r >= 'G' && r <= 'Z' }) && !strings.Contains(s, ":")
}

// address reads one address without a mask.
func (c *ruleCompiler) address(w ast.Word) (netip.Addr, bool) {
	a, ok := parseAddr(w.Text, c.family)
	if !ok {
		c.badAddress(w)
	}
	return a, ok
}

func (c *ruleCompiler) badAddress(w ast.Word) {
	other := ast.IPv4 + ast.IPv6 - c.family
	host, _, _ := strings.Cut(w.Text, "/")
	if _, ok := parseAddr(host, other); ok && strings.ContainsAny(host, ".:") {
		c.report(diag.WrongFamily, w.Range, "\""+w.Text+"\" is not an "+familyName(c.family)+" address",
			"This rule set is read as "+familyName(c.family)+".", "Give --family "+other.String()+", or move the rule to the file of its family.")
		return
	}
	if looksLikeName(host) {
		c.report(diag.HostName, w.Range, "\""+w.Text+"\" is not an address",
			"If it is a host's name: iptables resolves it while loading, and the rule keeps the addresses of that moment. A translation cannot.",
			"Write the address. On the running host, iptables-save shows which one is in force.")
		return
	}
	c.report(diag.BadValue, w.Range, "\""+w.Text+"\" is not an "+familyName(c.family)+" address", "iptables refuses the rule.", "")
}

func familyName(f ast.Family) string {
	if f == ast.IPv6 {
		return "IPv6"
	}
	return "IPv4"
}

// net reads ADDRESS, ADDRESS/BITS or ADDRESS/MASK. With an empty mask iptables
// does not look at the address: "any/0" is everybody, "0/0" in both families.
func (c *ruleCompiler) net(w ast.Word) (Net, bool) {
	host, mask, masked := strings.TrimLeft(w.Text, cBlanks), "", false
	if i := strings.LastIndexByte(host, '/'); i >= 0 {
		host, mask, masked = host[:i], host[i+1:], true
	}
	if m, ok := c.mask(mask); masked && ok && m.IsUnspecified() {
		return Net{m, m}, true
	}
	addr, ok := parseAddr(host, c.family)
	if !ok {
		addr, ok = c.resolved(host)
	}
	if !ok {
		c.badAddress(w)
		return Net{}, false
	}
	m := prefixMask(c.family, addrLen(c.family)*8)
	if masked {
		if m, ok = c.mask(mask); !ok {
			c.badMask(w, mask)
			return Net{}, false
		}
	}
	return Net{applyMask(addr, m), m}, true
}

// mask reads a whole address, or the length of a prefix.
func (c *ruleCompiler) mask(s string) (netip.Addr, bool) {
	if a, ok := parseHost(s, c.family); ok {
		return a, true
	}
	n, ok := parseUint(s, uint64(addrLen(c.family)*8))
	return prefixMask(c.family, int(n)), ok
}

// resolvedNet reads ADDRESS, ADDRESS/BITS or ADDRESS/MASK as the options do that ask
// getaddrinfo: of an IPv4 address the last part fills what is missing.
func (c *ruleCompiler) resolvedNet(w ast.Word) (Net, bool) {
	host, mask, masked := strings.Cut(w.Text, "/")
	addr, ok := c.resolved(host)
	if !ok {
		c.badAddress(w)
		return Net{}, false
	}
	m := prefixMask(c.family, addrLen(c.family)*8)
	if masked {
		if m, ok = c.resolvedMask(w, mask); !ok {
			c.badMask(w, mask)
			return Net{}, false
		}
	}
	return Net{applyMask(addr, m), m}, true
}

// resolved reads an address as getaddrinfo does, of a mapped one the IPv4 address, and
// of one with the number of a zone what is in front of it.
func (c *ruleCompiler) resolved(s string) (netip.Addr, bool) {
	if c.family == ast.IPv6 {
		host, zone, zoned := strings.Cut(s, "%")
		if n := scanNumber(zone, 10); zoned && (zone == "" || n.rest != "" || n.minus) {
			return netip.Addr{}, false
		}
		return parseAddr(host, c.family)
	}
	if a, err := netip.ParseAddr(s); err == nil && a.Is4In6() {
		return a.Unmap(), true
	}
	return inetAton(s)
}

// resolvedMask reads the length of a prefix, or a mask. One with gaps is no mask to iptables:
// the whole address counts.
func (c *ruleCompiler) resolvedMask(w ast.Word, s string) (netip.Addr, bool) {
	bits, whole, ok := c.prefixBits(s)
	if ok && !whole {
		c.warn(diag.OddValue, w.Range, "\"/"+s+"\" has gaps", "iptables makes no mask of it and says nothing: the whole address counts. So does the translation.",
			"Write the length of the prefix.")
		bits = addrLen(c.family) * 8
	}
	return prefixMask(c.family, bits), ok
}

// prefixBits reads the length of a prefix, or a mask whose ones stand in front. whole is
// false for a mask with gaps.
func (c *ruleCompiler) prefixBits(s string) (bits int, whole, ok bool) {
	if n, ok := parseUint(s, uint64(addrLen(c.family)*8)); ok {
		return int(n), true, true
	}
	m, ok := c.resolved(s)
	if ok {
		bits, whole = maskBits(m)
	}
	return bits, whole, ok
}

func (c *ruleCompiler) badMask(w ast.Word, mask string) {
	c.report(diag.BadValue, w.Range, "\"/"+mask+"\" is not a mask", "iptables refuses the rule.",
		"Write a prefix length up to "+strconv.Itoa(addrLen(c.family)*8)+" or a mask such as 255.255.255.0.")
}

// inetAton reads an IPv4 address as the C library does: with fewer than four
// parts the last one fills the remaining bytes, so "24" is 0.0.0.24.
func inetAton(s string) (netip.Addr, bool) {
	parts := strings.Split(s, ".")
	if len(parts) > 4 {
		return netip.Addr{}, false
	}
	var raw [4]byte
	for i, p := range parts {
		last := i == len(parts)-1
		most := uint64(255)
		if last {
			most = 1<<(8*(4-i)) - 1
		}
		n, ok := parseUint(p, most)
		if !ok || p[0] < '0' || p[0] > '9' {
			return netip.Addr{}, false
		}
		for j := 3; last && j >= i; j-- {
			raw[j] = byte(n)
			n >>= 8
		}
		if !last {
			raw[i] = byte(n)
		}
	}
	return netip.AddrFrom4(raw), true
}
