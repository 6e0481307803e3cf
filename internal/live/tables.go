package live

import (
	"cmp"
	"errors"
	"fmt"
	"net/netip"
	"slices"

	"github.com/google/nftables/userdata"
	"github.com/recentc/recentc/backend/nft"
	"github.com/recentc/recentc/compile"
	"github.com/recentc/recentc/internal/nfnl"
	"golang.org/x/sys/unix"
)

// families are those that a table of ours can have.
var families = []string{"ip", "ip6"}

func familyNumber(family string) uint8 {
	if family == "ip6" {
		return unix.NFPROTO_IPV6
	}
	return unix.NFPROTO_IPV4
}

func familyOf(a netip.Addr) string {
	if a.Is4() {
		return "ip"
	}
	return "ip6"
}

// loadedSet is a set that the kernel has.
type loadedSet struct {
	setID
	role    nft.Role
	hasRole bool
	size    uint32
	// isMap tells that the elements have values.
	isMap bool
}

// loadedSets are the sets of a table; none where there is no such table.
func loadedSets(family, table string) (out []loadedSet, err error) {
	number := familyNumber(family)
	parts, err := nfnl.Dump(unix.NFT_MSG_GETSET, attr([]byte{number, unix.NFNETLINK_V0, 0, 0}, unix.NFTA_SET_TABLE, text0(table)))
	if errors.Is(err, unix.ENOENT) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("sets of table %s %s: %w", family, table, err)
	}
	for _, part := range parts {
		s, named := parseSet(part.Attrs)
		s.family = number
		if named && s.table == table {
			out = append(out, s)
		}
	}
	return out, nil
}

// parseSet reads a set's description; named is false for the sets inside of rules.
func parseSet(b []byte) (s loadedSet, named bool) {
	named = true
	attrs(b, func(kind uint16, data []byte) {
		switch kind {
		case unix.NFTA_SET_TABLE:
			s.table = textOf(data)
		case unix.NFTA_SET_NAME:
			s.name = textOf(data)
		case unix.NFTA_SET_FLAGS:
			flags := bigEndian(data)
			named, s.isMap = flags&unix.NFT_SET_ANONYMOUS == 0, flags&unix.NFT_SET_MAP != 0
		case unix.NFTA_SET_DESC:
			attrs(data, func(kind uint16, size []byte) {
				if kind == unix.NFTA_SET_DESC_SIZE {
					s.size = uint32(bigEndian(size))
				}
			})
		case unix.NFTA_SET_USERDATA:
			if comment, ok := userdata.GetString(data, userdata.NFTNL_UDATA_SET_COMMENT); ok {
				s.role, s.hasRole = nft.ParseRole(comment)
			}
		}
	})
	return s, named
}

// place is where a fact about an address is kept: a set, or a tag in one.
type place struct {
	set *loadedSet
	// tag is -1 where the set has addresses alone.
	tag int
}

func (p place) there() bool { return p.set != nil }

// List is a list in a loaded table.
type List struct {
	// Name is the list's name, cut where it is long; see [nft.ListLabel].
	Name   string
	Family string
	// Mask is applied to every address of a packet; the zero Addr for none.
	Mask  netip.Addr
	rings []*ring
	ttls  []ttlSet
	// churned tells that the rules remove addresses from the list.
	churned bool
	label   string
	// sets are all that the list has.
	sets []*loadedSet
	// capacity is the size of its smallest set.
	capacity uint32
}

// ring is one window of a list, with the places that it is kept at.
type ring struct {
	compile.Ring
	seen, held, over place
	slots, group     []place
	// turn are the markers, and where the ring's last turn began; flood is what a
	// flood has left behind besides the hold.
	turn, flood []place
	groupSize   int
	metered     bool
}

type ttlSet struct {
	set    *loadedSet
	window uint32
	less   int
}

// listsOf puts the lists of a table together from its sets, sorted by name.
func listsOf(family string, sets []loadedSet) []*List {
	byLabel := map[string]*List{}
	var out []*List
	for i := range sets {
		s := &sets[i]
		if !s.hasRole {
			continue
		}
		l := byLabel[s.role.List]
		if l == nil {
			l = &List{Name: nft.ListName(s.role.List), label: s.role.List, Family: family}
			byLabel[s.role.List] = l
			out = append(out, l)
		}
		l.sets = append(l.sets, s)
	}
	for _, l := range out {
		l.arrange()
	}
	slices.SortFunc(out, func(a, b *List) int { return cmp.Compare(a.Name, b.Name) })
	return out
}

// arrange finds the list's rings among its sets.
func (l *List) arrange() {
	for _, s := range l.sets {
		l.Mask = s.role.Mask
		if l.capacity == 0 || s.size < l.capacity {
			l.capacity = s.size
		}
		l.take(s)
	}
	l.rings = slices.DeleteFunc(l.rings, func(r *ring) bool { return !r.complete() })
	slices.SortFunc(l.rings, func(a, b *ring) int {
		return cmp.Or(cmp.Compare(a.Window, b.Window), cmp.Compare(a.Hits, b.Hits))
	})
}

// complete tells whether all places of the ring are there: somebody may have deleted sets.
func (r *ring) complete() bool {
	there := func(all []place) bool { return !slices.ContainsFunc(all, func(p place) bool { return !p.there() }) }
	return r.seen.there() || r.metered || len(r.slots) == int(r.Hits) && there(r.slots) && there(r.group)
}

func (l *List) take(s *loadedSet) {
	r, own := s.role, place{s, -1}
	switch r.Kind {
	case nft.KindSeen:
		l.ring(r.Ring).seen = own
	case nft.KindSlot:
		put(&l.ring(r.Ring).slots, r.Index, own)
	case nft.KindTurn, nft.KindTurned:
		l.ring(r.Ring).turn = append(l.ring(r.Ring).turn, own)
	case nft.KindWatch, nft.KindFull:
		l.ring(r.Ring).flood = append(l.ring(r.Ring).flood, own)
	case nft.KindHeld:
		l.ring(r.Ring).held = own
	case nft.KindOver:
		l.ring(r.Ring).over, l.ring(r.Ring).metered = own, true
	case nft.KindMeter:
		l.ring(r.Ring).metered = true
	case nft.KindTags:
		l.ring(r.Ring).useTags(s, nft.TagsOf(r.Ring, r.Grouped))
	case nft.KindTTL:
		l.ttls = append(l.ttls, ttlSet{s, r.Window, r.Less})
	case nft.KindChurn:
		l.churned = true
	}
}

func (r *ring) useTags(s *loadedSet, t nft.Tags) {
	r.slots, r.turn, r.group, r.groupSize = places(s, t.Slots), places(s, t.Turn), places(s, t.Group), t.GroupSize
	if t.Held >= 0 {
		r.held, r.turn = place{s, t.Held}, append(r.turn, place{s, t.Turned})
	}
}

func places(s *loadedSet, tags []int) (out []place) {
	for _, tag := range tags {
		out = append(out, place{s, tag})
	}
	return out
}

func put(list *[]place, at int, p place) {
	for len(*list) <= at {
		*list = append(*list, place{})
	}
	(*list)[at] = p
}

func (l *List) ring(q compile.Ring) *ring {
	for _, r := range l.rings {
		if r.Ring == q {
			return r
		}
	}
	r := &ring{Ring: q}
	l.rings = append(l.rings, r)
	return r
}

// masked is the address as the list's rules look it up.
func (l *List) masked(a netip.Addr) netip.Addr {
	if !l.Mask.IsValid() || l.Mask.BitLen() != a.BitLen() {
		return a
	}
	b, m := a.AsSlice(), l.Mask.AsSlice()
	for i := range b {
		b[i] &= m[i]
	}
	out, _ := netip.AddrFromSlice(b)
	return out
}

// Lists are the lists of the loaded tables of that name, sorted by name and family.
func Lists(table string) (out []*List, err error) {
	for _, family := range families {
		sets, err := loadedSets(family, table)
		if err != nil {
			return nil, err
		}
		out = append(out, listsOf(family, sets)...)
	}
	slices.SortStableFunc(out, func(a, b *List) int { return cmp.Compare(a.Name, b.Name) })
	return out, nil
}

// Named are the lists of that name, one for each family that has it. It is an
// [InputError] if there is none.
func Named(table, name string) (out []*List, err error) {
	all, err := Lists(table)
	if err != nil {
		return nil, err
	}
	for _, l := range all {
		if l.label == nft.ListLabel(name) || l.label == name {
			out = append(out, l)
		}
	}
	if len(out) == 0 {
		return nil, wrong("there is no list %s loaded; recentc list shows those that are", name)
	}
	return out, nil
}
