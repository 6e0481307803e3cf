package ipset

import (
	"net/netip"
	"slices"

	"github.com/recentc/recentc/ast"
)

// Set is one set as the kernel would hold it.
type Set struct {
	Name string
	Type *Type
	// Family is that of the addresses; FamilyUnknown for a set without any, which
	// both families can ask.
	Family ast.Family
	// Mask is put on every address before it is looked up; not valid where
	// addresses are kept as they are.
	Mask netip.Addr
	// MarkMask does the same to marks.
	MarkMask uint32
	// Timeout is how many seconds an entry lives for which nothing else is said, 0
	// for ever. Timed tells that entries can have an end at all.
	Timeout uint32
	Timed   bool
	// Counters tells that each entry counts what it matches.
	Counters bool
	// Comments tells that entries may have a comment.
	Comments bool
	// SkbInfo tells that entries have a mark, a priority and a queue for packets.
	SkbInfo bool
	// ForceAdd lets a full set throw out an entry at random.
	ForceAdd bool
	// MaxElem is how many entries it takes.
	MaxElem uint32
	// First and Last bound the addresses of a bitmap, FirstPort and LastPort its ports.
	First, Last         netip.Addr
	FirstPort, LastPort uint16
	// Ranges tells that entries were given as ranges of addresses or ports.
	Ranges bool
	// Entries are those that are left after the last line, in their order.
	Entries []Entry
	// Script tells that a shell script made the set: nothing will make it again once
	// the script is gone.
	Script bool
	// File and Range are where the set was created.
	File  *ast.File
	Range ast.Range

	index map[Key]int
	gone  int
	// spread is how many of the entries ranges gave.
	spread int
}

// Key is what an entry is found by. Fields that the type does not have are zero.
type Key struct {
	// Nets are the entry's addresses in their order; an address without a prefix
	// is a net of one.
	Nets [2]netip.Prefix
	// Protocol and Port: for ICMP, Port is the type times 256 and the code.
	Protocol uint8
	Port     uint16
	// HasMAC is false for an entry of bitmap:ip,mac that takes the address of the
	// first packet.
	HasMAC bool
	MAC    [6]byte
	Mark   uint32
	// Iface is a device's name, the beginning of one if Wildcard, that of a bridge
	// port if Bridge.
	Iface            string
	Wildcard, Bridge bool
	// Member names a set.
	Member string
}

// Entry is one line of a set.
type Entry struct {
	Key
	// NoMatch makes it an exception to nets that are less specific.
	NoMatch bool
	// Timeout is how many seconds are left, 0 for ever.
	Timeout        uint32
	Packets, Bytes uint64
	Comment        string
	SkbMark        uint32
	// SkbMask is which bits of a packet's mark SkbMark takes the place of.
	SkbMask  uint32
	SkbPrio  uint32
	SkbQueue uint16
	Line     uint32

	dead bool
}

// Collection is the sets of all files, by name.
type Collection map[string]*Set

// put adds an entry, or replaces the one with its key.
func (s *Set) put(e Entry) {
	k := s.found(e.Key)
	if i, ok := s.index[k]; ok {
		s.Entries[i] = e
		return
	}
	s.index[k] = len(s.Entries)
	s.Entries = append(s.Entries, e)
}

// found is the part of a key by which there is only one entry: bitmap:ip,mac has
// one for each address.
func (s *Set) found(k Key) Key {
	if s.Type.Bitmap {
		k.MAC, k.HasMAC = [6]byte{}, false
	}
	return k
}

// drop removes an entry and tells whether it was there.
func (s *Set) drop(k Key) bool {
	i, ok := s.index[s.found(k)]
	if !ok {
		return false
	}
	delete(s.index, s.found(k))
	s.Entries[i].dead = true
	if s.gone++; s.gone > 1000 && s.gone > len(s.Entries)/2 {
		s.settle()
		s.reopen()
	}
	return true
}

func (s *Set) flush() {
	if len(s.Entries) > 0 {
		s.Entries, s.index, s.gone = nil, map[Key]int{}, 0
	}
}

// reopen lets lines of a further file find the entries.
func (s *Set) reopen() {
	s.index, s.gone = make(map[Key]int, len(s.Entries)), 0
	for i := range s.Entries {
		s.index[s.found(s.Entries[i].Key)] = i
	}
}

// settle leaves only what is still there.
func (s *Set) settle() {
	if s.gone > 0 {
		s.Entries = slices.DeleteFunc(s.Entries, func(e Entry) bool { return e.dead })
	}
	s.index = nil
}
