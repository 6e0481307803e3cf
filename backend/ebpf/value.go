package ebpf

import (
	"errors"
	"fmt"
	"net/netip"
)

// CountersMap is the name of the map of the rules' counters: for each CPU two
// numbers of 64 bits, packets and bytes, by the rule's number.
const CountersMap = countersName

// EventsMap is the name of the ring buffer of what LOG and NFLOG say.
const EventsMap = eventsName

// Entry is an address in a list.
type Entry struct {
	Addr netip.Addr
	// TTL is that of the packet that was recorded last.
	TTL uint8
	// Stamps are the moments of the last packets, in jiffies of the kernel, in the
	// order of the ring's slots. Next is where the next one goes, counted from 1.
	Stamps []uint64
	Next   int
}

// ReadList takes a list's value in its map apart: the addresses, the one written
// longest ago in front. It checks everything on the way, every chain and every
// count; the error is a part that contradicts another.
func ReadList(l List, value []byte) ([]Entry, error) {
	if l.Approximate {
		return nil, errors.New("the list is in an LRU map and has no value of its own")
	}
	g := l.geometry()
	if uint64(len(value)) != g.valueSize() {
		return nil, fmt.Errorf("the value has %d bytes and not %d", len(value), g.valueSize())
	}
	v := listValue{g, value}
	order, err := v.order()
	if err != nil {
		return nil, err
	}
	if err := errors.Join(v.checkChains(len(order)), v.checkFree(len(order))); err != nil {
		return nil, err
	}
	out := make([]Entry, len(order))
	for i, n := range order {
		out[i] = v.entry(n)
	}
	return out, nil
}

// listValue is a list as its map has it.
type listValue struct {
	geometry
	raw []byte
}

func (v listValue) u32(at uint32) uint32 { return byteOrder.Uint32(v.raw[at:]) }

// slotAt is where a slot begins.
func (v listValue) slotAt(n uint32) uint32 { return listSlots + n*v.slotSize() }

// next reads a number of a slot and checks it.
func (v listValue) link(n, member uint32) (uint32, error) {
	to := v.u32(v.slotAt(n) + member)
	if to > v.slots {
		return 0, fmt.Errorf("slot %d leads to slot %d of %d", n, to, v.slots)
	}
	return to, nil
}

// order follows the order of writing, forth and back.
func (v listValue) order() (order []uint32, err error) {
	last := uint32(0)
	for {
		n, err := v.link(last, slotNext)
		if err != nil {
			return nil, err
		}
		if back := v.u32(v.slotAt(n) + slotPrev); back != last {
			return nil, fmt.Errorf("slot %d comes behind %d, but %d in front of it", n, last, back)
		}
		if n == 0 {
			break
		}
		if order = append(order, n); uint32(len(order)) > v.slots {
			return nil, errors.New("the order of writing has no end")
		}
		last = n
	}
	if count := v.u32(listCount); count != uint32(len(order)) {
		return nil, fmt.Errorf("%d addresses are counted and %d there", count, len(order))
	}
	return order, nil
}

// checkChains follows all hash chains, which must hold every address once.
func (v listValue) checkChains(addresses int) error {
	found := map[uint32]bool{}
	for b := range v.buckets() {
		last, length := uint32(0), 0
		for n := v.u32(v.bucketsAt() + 4*b); n != 0; length++ {
			switch {
			case n > v.slots || found[n]:
				return fmt.Errorf("hash chain %d leads to slot %d, which is none or was there before", b, n)
			case v.u32(v.slotAt(n)+slotHPrev) != last || v.u32(v.slotAt(n)+slotBucket) != b:
				return fmt.Errorf("slot %d does not know its place in hash chain %d", n, b)
			case length >= chainBound:
				return fmt.Errorf("hash chain %d is too long", b)
			}
			found[n] = true
			last, n = n, v.u32(v.slotAt(n)+slotHNext)
		}
	}
	if len(found) != addresses {
		return fmt.Errorf("the hash chains hold %d addresses and the order of writing %d", len(found), addresses)
	}
	return nil
}

// checkFree counts the slots that were left: with the addresses, they are all
// that were ever used.
func (v listValue) checkFree(addresses int) error {
	free := 0
	for n := v.u32(listFree); n != 0; n = v.u32(v.slotAt(n) + slotHNext) {
		if free++; n > v.slots || free > int(v.slots) {
			return errors.New("the free slots have no end")
		}
	}
	if used := v.u32(listUsed); int(used) != free+addresses {
		return fmt.Errorf("of %d slots %d are free and %d hold addresses", used, free, addresses)
	}
	return nil
}

func (v listValue) entry(n uint32) Entry {
	slot := v.raw[v.slotAt(n):]
	e := Entry{TTL: slot[slotTTL], Next: int(byteOrder.Uint16(slot[slotIndex:])), Addr: netip.AddrFrom16([16]byte(slot[:16]))}
	if slot[slotFamily] == family4 {
		e.Addr = netip.AddrFrom4([4]byte(slot[:4]))
	}
	for i := range byteOrder.Uint16(slot[slotNStamps:]) {
		e.Stamps = append(e.Stamps, byteOrder.Uint64(slot[slotStamps+8*int(i):]))
	}
	return e
}
