package model

import (
	"iter"
	"math/bits"

	"github.com/recentc/recentc/compile"
)

// plainRing is the ring that a rule without a hitcount asks for, where ip_pkt_list_tot is 0.
const plainRing = 32

// makeLists makes the lists of all programs. A list is found by its name alone, so both families
// share it.
func makeLists(programs []*compile.Program, o Options) map[string]*addrList {
	lists := map[string]*addrList{}
	for _, p := range programs {
		for _, l := range p.Lists {
			if lists[l.Name] == nil {
				lists[l.Name] = newList(l.KernelMask(p.Family), int(orDefault(orDefault(o.ListTot, l.Capacity), defaultListTot)))
			}
		}
		for m := range recents(p) {
			l := lists[m.Name]
			l.ring = max(l.ring, ringFor(m.Hits, o.PktListTot))
		}
	}
	return lists
}

// ringFor is the ring that one rule asks for; the list gets the longest of its rules
// (recent_mt_check). So a list that any rule uses without a hitcount has at least 32 slots.
func ringFor(hits, pktListTot uint32) ringMask {
	n := max(hits, pktListTot)
	if n == 0 {
		n = plainRing
	}
	return ringMask(1<<bits.Len32(n-1) - 1)
}

// recents goes through all -m recent of a program.
func recents(p *compile.Program) iter.Seq[*compile.Recent] {
	return func(yield func(*compile.Recent) bool) {
		for _, r := range rulesOf(p) {
			for _, s := range r.Steps {
				if m := compile.Origin(s); m != nil && !yield(m) {
					return
				}
			}
		}
	}
}

func rulesOf(p *compile.Program) (all []*compile.Rule) {
	for _, c := range p.Chains {
		all = append(all, c.Rules...)
	}
	return all
}
