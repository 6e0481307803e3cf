package ebpf

import (
	"encoding/binary"
	"net/netip"
	"slices"
)

// Seeds are the secret numbers of a list's hash.
type Seeds [seeds]uint64

// WriteList makes a list's value of what it is to hold, the address written longest
// ago in front; see [ReadList]. Of more addresses than it has room for those in front
// are left out, and of more stamps the oldest. It is for a list that no packet
// sees yet.
func WriteList(l List, entries []Entry, seed Seeds) []byte {
	g := l.geometry()
	v := listValue{g, make([]byte, g.valueSize())}
	entries = slices.DeleteFunc(slices.Clone(entries), func(e Entry) bool { return len(e.Stamps) == 0 })
	entries = entries[max(0, len(entries)-int(l.Slots)):]
	n := uint32(len(entries))
	v.put(listUsed, n)
	v.put(listCount, n)
	v.put(listSeeded, 1)
	for i, s := range seed {
		byteOrder.PutUint64(v.raw[listSeed+8*i:], s)
	}
	v.put(listSlots+slotPrev, n)
	if n > 0 {
		v.put(listSlots+slotNext, 1)
	}
	for i, e := range entries {
		v.fill(uint32(i)+1, n, e, seed)
	}
	return v.raw
}

func (v listValue) put(at, n uint32) { byteOrder.PutUint32(v.raw[at:], n) }

// fill writes slot number i of n.
func (v listValue) fill(i, n uint32, e Entry, seed Seeds) {
	at := v.slotAt(i)
	slot := v.raw[at:]
	copy(slot[slotAddr:], e.Addr.AsSlice())
	slot[slotFamily], slot[slotTTL] = familyByte(e.Addr), e.TTL
	v.put(at+slotPrev, i-1)
	if i < n {
		v.put(at+slotNext, i+1)
	}
	v.chain(i, hash(e.Addr, seed)&(v.buckets()-1))
	stamps := e.InOrder()
	stamps = stamps[max(0, len(stamps)-int(v.stamps)):]
	byteOrder.PutUint16(slot[slotIndex:], uint16(len(stamps)))
	byteOrder.PutUint16(slot[slotNStamps:], uint16(min(len(stamps), 65535)))
	for k, s := range stamps {
		byteOrder.PutUint64(slot[slotStamps+8*k:], s)
	}
}

// chain puts a slot in front of a hash chain.
func (v listValue) chain(i, bucket uint32) {
	at, head := v.slotAt(i), v.bucketsAt()+4*bucket
	first := v.u32(head)
	v.put(at+slotBucket, bucket)
	v.put(at+slotHNext, first)
	v.put(head, i)
	if first != 0 {
		v.put(v.slotAt(first)+slotHPrev, i)
	}
}

// hash is what listCode.hash computes.
func hash(a netip.Addr, seed Seeds) uint32 {
	sum := seed[seeds-1]
	for i, b := 0, a.AsSlice(); len(b) > 0; i, b = i+1, b[4:] {
		sum += uint64(binary.LittleEndian.Uint32(b)) * seed[i]
	}
	return uint32(sum >> 32)
}

// InOrder are the stamps in the order in which they were written, the oldest in front.
func (e Entry) InOrder() []uint64 {
	at := min(max(e.Next, 0), len(e.Stamps))
	return slices.Concat(e.Stamps[at:], e.Stamps[:at])
}

// Empty makes of a list's value that of the same list without an address. nil is a
// list that was never used, which is empty.
func Empty(l List, value []byte) []byte {
	if binary.LittleEndian.Uint32(value[listSeeded:]) == 0 {
		return nil
	}
	var seed Seeds
	for i := range seed {
		seed[i] = byteOrder.Uint64(value[listSeed+8*i:])
	}
	return WriteList(l, nil, seed)
}
