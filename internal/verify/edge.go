package verify

import (
	"net/netip"

	"github.com/recentc/recentc/compile"
	"github.com/recentc/recentc/internal/lab"
)

// avoid leaves out packets that come exactly so many ticks after one of the same masked address.
func (p *plan) avoid(mask netip.Addr, side compile.Side, ticks int) {
	seen := map[netip.Addr]map[int]bool{}
	for tick, packets := range p.trace {
		kept := packets[:0:0]
		for _, q := range packets {
			key := masked(*address(&q, side), mask)
			if seen[key][tick-ticks] {
				continue
			}
			kept = append(kept, q)
			if seen[key] == nil {
				seen[key] = map[int]bool{}
			}
			seen[key][tick] = true
		}
		p.trace[tick] = kept
	}
}

// masked is an address as a list with the mask knows it; of the other family it is itself.
func masked(a, mask netip.Addr) netip.Addr {
	if a.BitLen() != mask.BitLen() {
		return a
	}
	raw, m := a.AsSlice(), mask.AsSlice()
	for i := range raw {
		raw[i] &= m[i]
	}
	out, _ := netip.AddrFromSlice(raw)
	return out
}

// without leaves out every packet that the function names.
func (p *plan) without(bad func(lab.Packet) bool) {
	for tick, packets := range p.trace {
		kept := packets[:0:0]
		for _, q := range packets {
			if !bad(q) {
				kept = append(kept, q)
			}
		}
		p.trace[tick] = kept
	}
}
