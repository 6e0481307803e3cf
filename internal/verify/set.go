package verify

import (
	"net/netip"

	"github.com/recentc/recentc/compile"
	"github.com/recentc/recentc/internal/lab"
	"github.com/recentc/recentc/ipset"
)

// lookup is a set of addresses that stays as it is while packets are sent; nil for
// another one, about which nothing is known.
func (s *site) lookup(c *compile.InSet) *ipset.Lookup {
	if c.Set.Timed || c.ByCounter || !c.Fits(s.family) {
		return nil
	}
	for _, u := range s.prog.Sets {
		if u.Name == c.Set.Name && u.Changed() {
			return nil
		}
	}
	l, ok := s.lookups[c.Set]
	if !ok {
		if s.lookups == nil {
			s.lookups = map[*ipset.Set]*ipset.Lookup{}
		}
		l = ipset.NewLookup(c.Set)
		s.lookups[c.Set] = l
	}
	return l
}

func isIn(l *ipset.Lookup, c *compile.InSet, a netip.Addr) bool {
	e := l.Find(a)
	return e != nil && e.NoMatch == (c.Exceptions && c.Set.Type.Has(ipset.Net))
}

func (s *site) setHolds(p *lab.Packet, c *compile.InSet) answer {
	l := s.lookup(c)
	if l == nil {
		return unknown
	}
	return truth(isIn(l, c, *address(p, c.Sides[0])) != c.Not)
}

func (s *solver) makeSet(p *lab.Packet, c *compile.InSet, want bool) bool {
	l, at := s.lookup(c), address(p, c.Sides[0])
	switch {
	case l == nil:
		return false
	case want == c.Not:
		return s.strangerOutside(at, func(a netip.Addr) bool { return isIn(l, c, a) })
	}
	for range min(100, 10*len(c.Set.Entries)) {
		n := c.Set.Entries[s.rng.IntN(len(c.Set.Entries))].Nets[0]
		if a := s.inNet(n); sendable(a) && isIn(l, c, a) {
			*at = a
			return true
		}
	}
	return false
}

// inNet is a random address of a net.
func (s *solver) inNet(n netip.Prefix) netip.Addr {
	raw := n.Addr().AsSlice()
	for i := n.Bits(); i < 8*len(raw); i++ {
		raw[i/8] |= byte(s.rng.UintN(2)) << (7 - i%8)
	}
	a, _ := netip.AddrFromSlice(raw)
	return a
}
