package ebpf

import (
	"cmp"
	"fmt"
	"math/bits"
	"slices"

	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/compile"
)

// list is an address list in the object. The families share it, as in the kernel.
type list struct {
	geometry
	name string
	key  uint32
	mask [16]byte
	// rings are what rules of any family ask, families those that name the list.
	rings    []compile.Ring
	families []ast.Family
}

// DefaultCapacity is how many addresses a list holds unless the caller says
// otherwise: xt_recent's own default of ip_list_tot.
const DefaultCapacity = 100

// defaultStamps is the length of a ring that no hitcount makes longer.
const defaultStamps = 32

// makeLists finds the lists of all programs. The first program that has a list
// fixes its mask, all its rules its ring.
func (t *translator) makeLists(programs []*compile.Program) {
	t.lists = map[string]*list{}
	hits := map[string]uint32{}
	for _, p := range programs {
		for _, l := range p.Lists {
			if t.lists[l.Name] == nil {
				t.lists[l.Name] = &list{name: l.Name, mask: l.KernelMask(p.Family), geometry: t.geometry(l)}
			}
			t.lists[l.Name].named(p.Family, l.Rings)
		}
		mostStamps(p, t.opts.PktListTot, hits)
	}
	for name, l := range t.lists {
		l.stamps = 1 << bits.Len32(hits[name]-1)
	}
	t.numberLists()
}

// geometry is the shape of a list, as far as it is known without the rules' hitcounts.
func (t *translator) geometry(l *compile.List) geometry {
	return geometry{slots: cmp.Or(l.Capacity, DefaultCapacity), word: t.at != Netfilter && !t.opts.Approximate}
}

// named notes what the rules of a family ask of the list.
func (l *list) named(f ast.Family, rings []compile.Ring) {
	l.families = append(l.families, f)
	l.rings = append(l.rings, rings...)
	slices.SortFunc(l.rings, func(a, b compile.Ring) int {
		return cmp.Or(cmp.Compare(a.Window, b.Window), cmp.Compare(a.Hits, b.Hits))
	})
	l.rings = slices.Compact(l.rings)
}

// mostStamps finds the longest ring that a rule of each list asks for: a rule
// without a hitcount asks for ip_pkt_list_tot, or for 32 stamps without that.
func mostStamps(p *compile.Program, tot uint32, most map[string]uint32) {
	for _, c := range p.Chains {
		for _, r := range c.Rules {
			for _, s := range r.Steps {
				if m := compile.Origin(s); m != nil {
					most[m.Name] = max(most[m.Name], cmp.Or(max(m.Hits, tot), defaultStamps))
				}
			}
		}
	}
}

// numberLists gives each list its place in the map of its shape, by name.
func (t *translator) numberLists() {
	names := make([]string, 0, len(t.lists))
	for name := range t.lists {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		l := t.lists[name]
		if !t.opts.Approximate && l.valueSize() > maxValue {
			t.tooLarge(fmt.Sprintf("List %s of %d addresses with %d stamps each would take %d MiB in one piece; %d are possible.",
				name, l.slots, l.stamps, l.valueSize()>>20, maxValue>>20))
		}
		l.key = t.out.shapes[l.geometry]
		t.out.shapes[l.geometry]++
		t.result.Lists = append(t.result.Lists, List{name, t.mapOf(l), l.key, l.slots, l.stamps, t.opts.Approximate, l.mask, l.rings, l.families, l.word})
	}
}

// mapOf is the name of the map that has the list.
func (t *translator) mapOf(l *list) string {
	if t.opts.Approximate {
		return l.approxName()
	}
	return l.mapName()
}

// whole tells whether the mask keeps all of a family's addresses.
func (l *list) whole(f ast.Family) bool {
	n := 16
	if f == ast.IPv4 {
		n = 4
	}
	return !slices.ContainsFunc(l.mask[:n], func(b byte) bool { return b != 255 })
}
