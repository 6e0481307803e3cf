package ebpf

import (
	"bytes"
	"fmt"
	"net/netip"
)

// Event is what LOG and NFLOG tell of a packet.
type Event struct {
	// Rule is the rule's number in Output.Rules.
	Rule int
	// Src and Dst are the packet's addresses.
	Src, Dst netip.Addr
	Protocol uint8
	// SrcPort and DstPort are 0 for protocols without ports and for later fragments.
	SrcPort, DstPort uint16
	// In and Out are the names of its devices, empty where the hook knows none.
	In, Out string
	// Length is that of the IP packet in bytes.
	Length uint32
	TTL    uint8
	Mark   uint32
}

// ReadEvent takes a record of the ring buffer apart. The error is a record of
// another length.
func ReadEvent(raw []byte) (Event, error) {
	if len(raw) < packetSize {
		return Event{}, fmt.Errorf("an event has %d bytes and not %d", len(raw), packetSize)
	}
	e := Event{
		Rule: int(byteOrder.Uint32(raw[fieldRule.off:])), Protocol: raw[fieldProto.off], TTL: raw[fieldTTL.off],
		SrcPort: byteOrder.Uint16(raw[fieldSport.off:]), DstPort: byteOrder.Uint16(raw[fieldDport.off:]),
		Length: byteOrder.Uint32(raw[fieldLength.off:]), Mark: byteOrder.Uint32(raw[fieldMark.off:]),
		In: name(raw[fieldIn.off:]), Out: name(raw[fieldOut.off:]),
	}
	e.Src, e.Dst = addressAt(raw, fieldSrc), addressAt(raw, fieldDst)
	return e, nil
}

func addressAt(raw []byte, d field) netip.Addr {
	if raw[fieldFamily.off] == family4 {
		return netip.AddrFrom4([4]byte(raw[d.off:]))
	}
	return netip.AddrFrom16([16]byte(raw[d.off:]))
}

// name is a device's name, which ends with a zero.
func name(raw []byte) string {
	n, _, _ := bytes.Cut(raw[:16], []byte{0})
	return string(n)
}
