package ipset

import (
	"encoding/binary"
	"math/bits"
	"net"
	"net/netip"
	"strconv"
	"strings"

	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/internal/diag"
	"github.com/recentc/recentc/internal/iana"
)

// parseNumber reads decimal, 0x hexadecimal or 0 octal.
func parseNumber(s string, most uint64) (uint64, bool) {
	if s == "" || s[0] < '0' || s[0] > '9' || strings.ContainsRune(s, '_') {
		return 0, false
	}
	n, err := strconv.ParseUint(s, 0, 64)
	return n, err == nil && n <= most
}

func (p *parser) number(w ast.Word, most uint64) (uint64, bool) {
	n, ok := parseNumber(w.Text, most)
	if !ok {
		p.bad(w, "%q is not a number up to %d", w.Text, most)
	}
	return n, ok
}

func (p *parser) seconds(w ast.Word) (uint32, bool) {
	n, ok := p.number(w, maxTimeout)
	return uint32(n), ok
}

func (p *parser) mac(w ast.Word) (out [6]byte, ok bool) {
	mac, err := net.ParseMAC(w.Text)
	if err != nil || len(mac) != 6 || strings.Count(w.Text, ":") != 5 || [6]byte(mac) == out {
		p.bad(w, "%q is not a MAC address", w.Text)
		return out, false
	}
	return [6]byte(mac), true
}

// addressRange reads an address, a net, or a range of addresses.
func (p *parser) addressRange(s *Set, w ast.Word) (low, high netip.Addr, ok bool) {
	if n, err := netip.ParsePrefix(w.Text); err == nil {
		low, high = n.Masked().Addr(), Last(n)
	} else {
		from, to, isRange := strings.Cut(w.Text, "-")
		low, err = netip.ParseAddr(from)
		if high = low; isRange && err == nil {
			high, err = netip.ParseAddr(to)
		}
		if err != nil || low.Zone() != "" || high.Zone() != "" {
			p.notAddress(w)
			return low, high, false
		}
	}
	if low.BitLen() != s.bits() || high.BitLen() != s.bits() {
		p.bad(w, "%s is no address of the family of set %s", w.Text, s.Name)
		return low, high, false
	}
	if high.Less(low) {
		low, high = high, low
	}
	return low, high, true
}

func (p *parser) notAddress(w ast.Word) {
	if strings.Trim(w.Text, "0123456789.:/-abcdefABCDEF") == "" || w.Text == "" {
		p.bad(w, "%q is not an address, a net or a range of addresses", w.Text)
		return
	}
	p.report(diag.HostName, w, w.Text+" is not an address", "ipset would ask the resolver; a translation must not depend on its answer.", "Write the address.")
}

// ports reads [PROTOCOL:]PORT[-PORT], or icmp:TYPE/CODE and its names.
func (p *parser) ports(s *Set, w ast.Word) (protocol uint8, low, high uint16, ok bool) {
	name, value, has := strings.Cut(w.Text, ":")
	if !has {
		name, value = "tcp", w.Text
	}
	if n, isNumber := parseNumber(name, 255); isNumber {
		protocol, ok = uint8(n), n > 0
	} else {
		protocol, ok = iana.Protocol(strings.ToLower(name))
	}
	switch {
	case !ok || protocol == 0:
		p.bad(w, "%q is no protocol", name)
		return 0, 0, 0, false
	case protocol == icmp && s.Family == ast.IPv6 || protocol == icmpv6 && s.Family == ast.IPv4:
		p.bad(w, "%s is not of the family of set %s", name, s.Name)
		return 0, 0, 0, false
	case protocol == icmp && s.Family != ast.IPv6:
		low, ok = icmpNumber(value, icmpNames)
		high = low
	case protocol == icmpv6 && s.Family == ast.IPv6:
		low, ok = icmpNumber(value, icmpv6Names)
		high = low
	default:
		low, high, ok = portRange(value)
		ok = ok && (HasPorts(protocol) || low == 0 && high == 0)
	}
	if !ok {
		p.bad(w, "%q is no port", w.Text)
	}
	return protocol, low, high, ok
}

func portRange(s string) (low, high uint16, ok bool) {
	if n, isService := iana.Service(s); isService {
		return n, n, true
	}
	from, to, isRange := strings.Cut(s, "-")
	if !isRange {
		to = from
	}
	low, ok = port(from)
	high, okHigh := port(to)
	if high < low {
		low, high = high, low
	}
	return low, high, ok && okHigh
}

func port(s string) (uint16, bool) {
	if n, ok := iana.Service(s); ok {
		return n, true
	}
	n, ok := parseNumber(s, 1<<16-1)
	return uint16(n), ok
}

// HasPorts tells whether ipset looks at the ports of a protocol: DCCP's it does not.
func HasPorts(protocol uint8) bool {
	return protocol == 6 || protocol == 17 || protocol == 132 || protocol == 136
}

func maskOf(bits, length int) netip.Addr {
	ones := make([]byte, bits/8)
	for i := range length {
		ones[i/8] |= 0x80 >> (i % 8)
	}
	a, _ := netip.AddrFromSlice(ones)
	return a
}

// under is an address with the set's mask on it.
func (s *Set) under(a netip.Addr) netip.Addr {
	if !s.Mask.IsValid() {
		return a
	}
	b, m := a.AsSlice(), s.Mask.AsSlice()
	for i := range b {
		b[i] &= m[i]
	}
	a, _ = netip.AddrFromSlice(b)
	return a
}

// singles are the addresses from low to high as the set keeps them.
func singles(s *Set, low, high netip.Addr) (out []netip.Prefix, ok bool) {
	last := netip.Addr{}
	for a := low; a.IsValid() && !high.Less(a); a = a.Next() {
		if m := s.under(a); m != last {
			out, last = append(out, netip.PrefixFrom(m, m.BitLen())), m
			if len(out) > maxKeys {
				return nil, false
			}
		}
		if s.Mask.IsValid() {
			a = Last(netip.PrefixFrom(a, lastOne(s.Mask)).Masked()) // on to where the mask lets it differ
		}
	}
	return out, true
}

// lastOne is how many bits there are up to the last one of a mask.
func lastOne(mask netip.Addr) int {
	b := mask.AsSlice()
	for i := len(b) - 1; i >= 0; i-- {
		if b[i] != 0 {
			return 8*(i+1) - bits.TrailingZeros8(b[i])
		}
	}
	return 0
}

// Last is the last address of a net.
func Last(n netip.Prefix) netip.Addr {
	if n.Addr().Is4() {
		b := n.Addr().As4()
		a := binary.BigEndian.Uint32(b[:]) | uint32(1<<(32-n.Bits())-1)
		binary.BigEndian.PutUint32(b[:], a)
		return netip.AddrFrom4(b)
	}
	b := n.Addr().As16()
	for i := n.Bits(); i < 128; i = i/8*8 + 8 {
		b[i/8] |= 0xff >> (i % 8)
	}
	return netip.AddrFrom16(b)
}

// prefixes are the fewest nets that make up the addresses from low to high.
func prefixes(low, high netip.Addr) (out []netip.Prefix) {
	for a := low; a.IsValid() && !high.Less(a); {
		n := netip.PrefixFrom(a, a.BitLen())
		for n.Bits() > 0 {
			wider := netip.PrefixFrom(a, n.Bits()-1)
			if wider.Masked().Addr() != a || high.Less(Last(wider)) {
				break
			}
			n = wider
		}
		out = append(out, n)
		a = Last(n).Next()
	}
	return out
}
