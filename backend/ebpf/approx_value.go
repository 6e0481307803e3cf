package ebpf

import (
	"fmt"
	"net/netip"
	"slices"
)

// ApproxKey is the key of an address of a list that is kept approximately.
func ApproxKey(l List, a netip.Addr) []byte {
	key := make([]byte, approxKeySize)
	byteOrder.PutUint32(key, l.Key)
	byteOrder.PutUint32(key[4:], uint32(familyByte(a)))
	copy(key[8:], a.AsSlice())
	return key
}

// ReadApprox takes an address and its value in the map of lists that are kept
// approximately apart. ok is false for one of another list; the error is one of another length.
func ReadApprox(l List, key, value []byte) (e Entry, ok bool, err error) {
	g := l.geometry()
	if len(key) != approxKeySize || uint32(len(value)) != g.approxSize() {
		return e, false, fmt.Errorf("an address has %d and %d bytes and not %d and %d", len(key), len(value), approxKeySize, g.approxSize())
	}
	if byteOrder.Uint32(key) != l.Key {
		return e, false, nil
	}
	e = Entry{Addr: netip.AddrFrom16([16]byte(key[8:])), TTL: value[approxTTL]}
	if byteOrder.Uint32(key[4:]) == family4 {
		e.Addr = netip.AddrFrom4([4]byte(key[8:]))
	}
	count := byteOrder.Uint32(value[approxCount:])
	for i := range min(count, l.Stamps) {
		e.Stamps = append(e.Stamps, byteOrder.Uint64(value[approxStamps+8*i:]))
	}
	if count > 0 {
		e.Next = int((count-1)%l.Stamps) + 1
	}
	return e, count > 0, nil
}

// WriteApprox is the value of an address in such a map.
func WriteApprox(l List, e Entry) []byte {
	value := make([]byte, l.geometry().approxSize())
	stamps := e.InOrder()
	stamps = stamps[max(0, len(stamps)-int(l.Stamps)):]
	byteOrder.PutUint32(value[approxCount:], uint32(len(stamps)))
	value[approxTTL] = e.TTL
	for i, s := range stamps {
		byteOrder.PutUint64(value[approxStamps+8*i:], s)
	}
	return value
}

// Stamped is the entry with one more stamp; a TTL of 0 leaves its own.
func (e Entry) Stamped(at uint64, ttl uint8) Entry {
	stamps := append(slices.Clone(e.InOrder()), at)
	if ttl > 0 {
		e.TTL = ttl
	}
	e.Stamps, e.Next = stamps, len(stamps)
	return e
}

// Youngest is the stamp written last, 0 if there is none.
func (e Entry) Youngest() uint64 {
	stamps := e.InOrder()
	if len(stamps) == 0 {
		return 0
	}
	return stamps[len(stamps)-1]
}
