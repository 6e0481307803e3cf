package lint

import (
	"net/netip"
	"slices"

	"github.com/recentc/recentc/compile"
)

// cover knows regions that earlier rules have taken out of the packets' way, and
// finds one that holds a given region. Regions are kept by the shape of their
// conditions (which they have, and how long their prefixes are), so that a
// search is one look-up for each shape and not for each rule.
type cover struct {
	shapes []shape
	known  map[shape]bool
	taken  map[coverKey][]*taken
}

// taken is a region that a rule ends the way of.
type taken struct {
	region region
	rule   *compile.Rule
	// epoch counts the targets before it that change packets: a condition on what
	// they change may hold no longer.
	epoch int
}

// shape tells which parts of a region are compared by equality. Lengths are one
// more than the length of the prefix, 0 where the part is not restricted.
type shape struct {
	src, dst     uint8
	in, out      uint8
	wild         [2]bool
	protocol     bool
	sport, dport bool
}

// coverKey is the region's part that its shape compares by equality.
type coverKey struct {
	shape        shape
	src, dst     netip.Addr
	in, out      string
	protocol     uint8
	sport, dport uint32
}

const (
	// maxShapes and maxAlike bound a search; what exceeds them is not found, so
	// that a finding is missed in a file that no person wrote.
	maxShapes = 256
	maxAlike  = 48
)

func newCover() *cover { return &cover{known: map[shape]bool{}, taken: map[coverKey][]*taken{}} }

func shapeOf(r *region) shape {
	s := shape{src: netShape(r.src), dst: netShape(r.dst), protocol: r.protocol != 0, sport: single(r.sport), dport: single(r.dport)}
	s.in, s.wild[0] = deviceShape(r.in)
	s.out, s.wild[1] = deviceShape(r.out)
	return s
}

func netShape(p netip.Prefix) uint8 {
	if !p.IsValid() {
		return 0
	}
	return uint8(p.Bits() + 1)
}

func deviceShape(d device) (length uint8, wild bool) {
	if d.any() {
		return 0, false
	}
	return uint8(len(d.name) + 1), d.wild
}

func single(s spans) bool { return len(s) == 1 && s[0].Single() }

// key is the key under which a region of the shape would be if it held r; ok is
// false where none of that shape can.
func (s shape) key(r *region) (k coverKey, ok bool) {
	k.shape = s
	if k.src, ok = netKey(r.src, s.src); !ok {
		return k, false
	}
	if k.dst, ok = netKey(r.dst, s.dst); !ok {
		return k, false
	}
	if k.in, ok = deviceKey(r.in, s.in, s.wild[0]); !ok {
		return k, false
	}
	if k.out, ok = deviceKey(r.out, s.out, s.wild[1]); !ok {
		return k, false
	}
	if s.protocol {
		k.protocol = r.protocol
	}
	if s.sport && single(r.sport) {
		k.sport = r.sport[0].Low
	}
	if s.dport && single(r.dport) {
		k.dport = r.dport[0].Low
	}
	return k, (!s.protocol || r.protocol != 0) && (!s.sport || single(r.sport)) && (!s.dport || single(r.dport))
}

func netKey(p netip.Prefix, want uint8) (netip.Addr, bool) {
	if want == 0 {
		return netip.Addr{}, true
	}
	if !p.IsValid() || p.Bits() < int(want)-1 {
		return netip.Addr{}, false
	}
	short, err := p.Addr().Prefix(int(want) - 1)
	return short.Addr(), err == nil
}

func deviceKey(d device, want uint8, wild bool) (string, bool) {
	switch {
	case want == 0:
		return "", true
	case wild && len(d.name) >= int(want)-1:
		return d.name[:want-1], true
	case wild || d.wild || len(d.name) != int(want)-1:
		return "", false
	}
	return d.name, true
}

// add takes a region out. The key removes it again.
func (c *cover) add(t *taken) (coverKey, bool) {
	s := shapeOf(&t.region)
	k, _ := s.key(&t.region)
	if len(c.taken[k]) >= maxAlike || !c.known[s] && len(c.shapes) >= maxShapes {
		return k, false
	}
	if !c.known[s] {
		c.known[s] = true
		c.shapes = append(c.shapes, s)
	}
	c.taken[k] = append(c.taken[k], t)
	return k, true
}

// remove takes back a region that was added under the key.
func (c *cover) remove(k coverKey, t *taken) {
	list := c.taken[k]
	if i := slices.Index(list, t); i >= 0 {
		c.taken[k] = slices.Delete(list, i, i+1)
	}
}

// find returns the first region known that holds all of r, nil if there is none.
func (c *cover) find(r *region, epoch int) *taken {
	for _, s := range c.shapes {
		k, ok := s.key(r)
		if !ok {
			continue
		}
		for _, t := range c.taken[k] {
			if (t.epoch == epoch || !t.region.textual()) && r.within(&t.region) {
				return t
			}
		}
	}
	return nil
}

// textual tells whether the region has conditions on what targets can change.
func (r *region) textual() bool {
	return slices.ContainsFunc(r.others, func(o other) bool { return o.text != "" })
}

// all returns the rules that together hold all of r, looking for one for each of
// its ports where there is none for all; nil if some packets are left.
func (c *cover) all(r *region, epoch int) []*taken {
	if t := c.find(r, epoch); t != nil {
		return []*taken{t}
	}
	if len(r.dport) < 2 {
		return nil
	}
	var out []*taken
	for i := range r.dport {
		part := *r
		part.dport = r.dport[i : i+1]
		t := c.find(&part, epoch)
		if t == nil {
			return nil
		}
		out = append(out, t)
	}
	return out
}
