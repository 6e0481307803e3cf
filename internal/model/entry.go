package model

import (
	"container/list"
	"net/netip"
	"time"

	"github.com/recentc/recentc/ast"
)

// key is what the kernel finds an entry by: the family and sixteen bytes, of which an IPv4 address
// fills the first four.
type key struct {
	family ast.Family
	addr   [16]byte
}

func keyOf(a netip.Addr) key {
	k := key{family: familyOf(a)}
	copy(k.addr[:], a.AsSlice())
	return k
}

// masked clears the bits outside the mask. The mask is of no family: it is the sixteen bytes of the
// first rule, whatever that was for.
func (k key) masked(mask [16]byte) key {
	for i := range k.addr {
		k.addr[i] &= mask[i]
	}
	return k
}

func (k key) address() netip.Addr {
	if k.family == ast.IPv4 {
		return netip.AddrFrom4([4]byte(k.addr[:4]))
	}
	return netip.AddrFrom16(k.addr)
}

// entry is struct recent_entry: an address and a ring of its last stamps.
type entry struct {
	key
	ttl uint8
	// stamps are the slots of the ring that have been written, as far as the kernel counts them.
	stamps []tick
	// index is where the next stamp goes, before it is wrapped: 1 to the size of the ring.
	index uint16
	// place is the entry's place in the order of eviction.
	place *list.Element
}

// ringMask wraps an index; it is the size of the ring, a power of two, less one.
type ringMask uint16

// stamp is recent_entry_update without the order of eviction. In a ring of 65536, which a hitcount
// over 32768 asks for, the index wraps to 0 behind the last slot, and that slot is never counted.
func (e *entry) stamp(now tick, mask ringMask) {
	slot := e.index & uint16(mask)
	e.index = slot + 1
	switch {
	case int(slot) < len(e.stamps):
		e.stamps[slot] = now
	case e.index > 0:
		e.stamps = append(e.stamps, now)
	}
}

// hits counts the stamps that are not before edge. It stops at enough.
func (e *entry) hits(edge tick, enough int) (n int) {
	for i := 0; i < len(e.stamps) && n < enough; i++ {
		if e.stamps[i] >= edge {
			n++
		}
	}
	return n
}

// staleAt tells whether --reap finds the entry older than edge: it looks at the slot in front of
// the index. With the index at 0 that is the entry's own head, which as a time is always long ago.
func (e *entry) staleAt(edge tick) bool {
	return e.index == 0 || e.stamps[e.index-1] < edge
}

// An Entry is what a list holds of an address, as /proc/net/xt_recent shows it.
type Entry struct {
	Addr netip.Addr
	// TTL is that of the packet that was recorded last; 0 if none was, only the address by hand.
	TTL uint8
	// Stamps are the moments of the last packets in the order of the ring's slots, in the time of
	// Step, rounded down to a tick of the clock.
	Stamps []time.Duration
	// Next is the index that the kernel shows as oldest_pkt: where the next stamp goes, counted
	// from 0; the ring's size stands for 0.
	Next int
}

func (e *entry) public(c clock) Entry {
	out := Entry{Addr: e.address(), TTL: e.ttl, Next: int(e.index), Stamps: make([]time.Duration, len(e.stamps))}
	for i, s := range e.stamps {
		out.Stamps[i] = c.time(s)
	}
	return out
}
