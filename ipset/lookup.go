package ipset

import (
	"net/netip"
	"slices"
)

// Lookup finds entries of a set of addresses or nets alone, as the kernel does:
// the most specific one counts.
type Lookup struct {
	set     *Set
	entries map[netip.Prefix]*Entry
	lengths []int
}

// NewLookup returns nil for a set whose entries are not addresses or nets alone.
func NewLookup(s *Set) *Lookup {
	if len(s.Type.Fields) != 1 || s.Type.Fields[0] != IP && s.Type.Fields[0] != Net {
		return nil
	}
	l := &Lookup{set: s, entries: make(map[netip.Prefix]*Entry, len(s.Entries))}
	for i := range s.Entries {
		n := s.Entries[i].Nets[0]
		l.entries[n] = &s.Entries[i]
		if !slices.Contains(l.lengths, n.Bits()) {
			l.lengths = append(l.lengths, n.Bits())
		}
	}
	slices.SortFunc(l.lengths, func(a, b int) int { return b - a })
	return l
}

// Find returns the entry that decides about an address, nil if there is none.
func (l *Lookup) Find(a netip.Addr) *Entry {
	if a.BitLen() != l.set.bits() {
		return nil
	}
	a = l.set.under(a)
	for _, bits := range l.lengths {
		if e := l.entries[netip.PrefixFrom(a, bits).Masked()]; e != nil {
			return e
		}
	}
	return nil
}
