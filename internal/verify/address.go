package verify

import (
	"math/rand/v2"
	"net/netip"

	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/compile"
	"github.com/recentc/recentc/internal/lab"
)

// sendable tells whether the lab can have a packet with the address arrive: not one that the kernel
// throws away before the rules, or that belongs to a link.
func sendable(a netip.Addr) bool {
	if a.Is4() {
		first := a.As4()[0]
		return first != 0 && first != 127 && first < 224
	}
	return !a.IsMulticast() && !a.IsLoopback() && !a.IsUnspecified() && !a.IsLinkLocalUnicast() && !a.Is4In6()
}

// stranger is a random public address, as firewalls expect them from outside.
func stranger(rng *rand.Rand, f ast.Family) netip.Addr {
	if f == ast.IPv6 {
		raw := netip.MustParseAddr("2a00:1450::").As16()
		for i := 6; i < 16; i++ {
			raw[i] = byte(rng.UintN(256))
		}
		return netip.AddrFrom16(raw)
	}
	return netip.AddrFrom4([4]byte{81, byte(rng.UintN(256)), byte(rng.UintN(256)), byte(1 + rng.UintN(254))})
}

func inside(n compile.Net, a netip.Addr) bool {
	if !a.IsValid() || a.BitLen() != n.Addr.BitLen() {
		return false
	}
	raw, mask, want := a.AsSlice(), n.Mask.AsSlice(), n.Addr.AsSlice()
	for i := range raw {
		if raw[i]&mask[i] != want[i] {
			return false
		}
	}
	return true
}

// member is a random address of the net that can be sent from, or to. A link's own addresses arrive, but
// are not routed.
func (s *solver) member(n compile.Net, side compile.Side) (netip.Addr, bool) {
	for range 20 {
		raw, mask := n.Addr.AsSlice(), n.Mask.AsSlice()
		for i := range raw {
			raw[i] |= byte(s.rng.UintN(256)) &^ mask[i]
		}
		a, _ := netip.AddrFromSlice(raw)
		if sendable(a) || a.IsLinkLocalUnicast() && side == compile.SourceSide && s.hook == lab.Input {
			return a, true
		}
	}
	return netip.Addr{}, false
}

// address is the field of the packet that a condition about a side speaks of.
func address(p *lab.Packet, s compile.Side) *netip.Addr {
	if s == compile.SourceSide {
		return &p.Src
	}
	return &p.Dst
}

func addressHolds(p *lab.Packet, c *compile.Address) answer {
	return truth(inside(c.Net, *address(p, c.Side)) != c.Not)
}

func (s *solver) makeAddress(p *lab.Packet, c *compile.Address, want bool) bool {
	if want != c.Not {
		a, ok := s.member(c.Net, c.Side)
		if ok {
			*address(p, c.Side) = a
		}
		return ok
	}
	return s.strangerOutside(address(p, c.Side), func(a netip.Addr) bool { return inside(c.Net, a) })
}

// strangerOutside replaces an address by a public one for which in is false.
func (s *solver) strangerOutside(at *netip.Addr, in func(netip.Addr) bool) bool {
	for range 20 {
		if a := stranger(s.rng, s.site.family); !in(a) {
			*at = a
			return true
		}
	}
	return false
}

func inRange(r *compile.AddrRange, a netip.Addr) bool {
	return a.IsValid() && r.Low.Compare(a) <= 0 && a.Compare(r.High) <= 0
}

func ipRangeHolds(p *lab.Packet, c *compile.IPRange) answer {
	ok := c.Source == nil || inRange(c.Source, p.Src) != c.Source.Not
	return truth(ok && (c.Dest == nil || inRange(c.Dest, p.Dst) != c.Dest.Not))
}

func (s *solver) makeIPRange(p *lab.Packet, c *compile.IPRange, want bool) bool {
	ok := c.Source == nil || s.makeRange(&p.Src, c.Source, want)
	return ok && (c.Dest == nil || s.makeRange(&p.Dst, c.Dest, want))
}

func (s *solver) makeRange(at *netip.Addr, r *compile.AddrRange, want bool) bool {
	if want == r.Not {
		return s.strangerOutside(at, func(a netip.Addr) bool { return inRange(r, a) })
	}
	for _, a := range []netip.Addr{r.Low.Next(), r.Low, r.High} {
		if inRange(r, a) && sendable(a) {
			*at = a
			return true
		}
	}
	return false
}
