package ebpf

import "github.com/cilium/ebpf/asm"

// needs is what of a packet the rules look at beside its addresses; the program
// at the hook fills in no more.
type needs uint16

const (
	// needL4 is the header behind IP's, needProto where it is (IPv6 has to look
	// for it).
	needProto needs = 1 << iota
	needL4
	needIn
	needOut
	needMark
	needState
	needMAC
	// needTTL is the TTL as -m recent stores it, needHops as it stands in the header.
	needTTL
	needHops
	needTOS
	needLength
)

// field is a part of what a program knows of a packet. It is a struct in the
// program's stack, to which all functions get a pointer, so that none of them
// depends on the hook.
type field struct {
	name string
	off  int16
	size asm.Size
	// needs is what the program at the hook must fill in for it.
	needs needs
}

// The packet, with its fields in the byte order of numbers unless it says
// otherwise. Addresses are as they are in the header; an IPv4 address fills the
// first four bytes and the rest is zero.
var (
	fieldSrc = field{"src", 0, asm.Word, 0}
	fieldDst = field{"dst", 16, asm.Word, 0}
	// fieldKey is the address under a list's mask.
	fieldKey    = field{"key", 32, asm.Word, 0}
	fieldIn     = field{"in", 48, asm.DWord, needIn}
	fieldOut    = field{"out", 64, asm.DWord, needOut}
	fieldLength = field{"length", 80, asm.Word, needLength}
	// fieldBytes is the length of the whole packet, which is what is counted.
	fieldBytes = field{"bytes", 84, asm.Word, 0}
	fieldMark  = field{"mark", 88, asm.Word, needMark}
	fieldRule  = field{"rule", 92, asm.Word, 0}
	fieldSport = field{"sport", 96, asm.Half, needProto | needL4}
	fieldDport = field{"dport", 98, asm.Half, needProto | needL4}
	// fieldFragment is the fragment's place in its packet, 0 for the first. In
	// IPv6 it is known only where the protocol has been looked for.
	fieldFragment = field{"fragment", 100, asm.Half, needProto}
	fieldProto    = field{"protocol", 102, asm.Byte, needProto}
	fieldTTL      = field{"ttl", 103, asm.Byte, needHops}
	// fieldFlags is the fourteenth byte of the header behind IP's, and of headers
	// shorter than TCP's the ninth, where DCCP has its type.
	fieldFlags = field{"flags", 104, asm.Byte, needProto | needL4}
	fieldTOS   = field{"tos", 105, asm.Byte, needTOS}
	fieldType  = field{"type", 106, asm.Byte, needProto | needL4}
	fieldCode  = field{"code", 107, asm.Byte, needProto | needL4}
	// fieldHave is how many bytes of the header behind IP's are there.
	fieldHave   = field{"have", 108, asm.Byte, needProto | needL4}
	fieldFamily = field{"family", 109, asm.Byte, 0}
	// fieldState is the set of a packet's connection states, as compile has them.
	fieldState = field{"state", 110, asm.Byte, needState}
	// fieldSeenTTL is the TTL before forwarding.
	fieldSeenTTL = field{"seen_ttl", 111, asm.Byte, needTTL}
	fieldMAC     = field{"mac", 112, asm.Half, needMAC}
	// fieldHasMAC tells that there is a MAC address, and fieldBroken that the
	// protocol of an IPv6 packet could not be found.
	fieldHasMAC = field{"has_mac", 118, asm.Byte, needMAC}
	fieldBroken = field{"broken", 119, asm.Byte, needProto}
)

// packetSize is the size of the struct.
const packetSize = 120

// packetFields are in the order of their offsets, each with how often it stands
// there: an address is four words.
var packetFields = []struct {
	field
	count int
}{
	{fieldSrc, 4}, {fieldDst, 4}, {fieldKey, 4}, {fieldIn, 2}, {fieldOut, 2}, {fieldLength, 1}, {fieldBytes, 1}, {fieldMark, 1},
	{fieldRule, 1}, {fieldSport, 1}, {fieldDport, 1}, {fieldFragment, 1}, {fieldProto, 1}, {fieldTTL, 1}, {fieldFlags, 1},
	{fieldTOS, 1}, {fieldType, 1}, {fieldCode, 1}, {fieldHave, 1}, {fieldFamily, 1}, {fieldState, 1}, {fieldSeenTTL, 1},
	{fieldMAC, 3}, {fieldHasMAC, 1}, {fieldBroken, 1},
}

// at is the n-th of a field that stands there several times.
func (d field) at(n int) field {
	d.off += int16(n * d.size.Sizeof())
	return d
}

// The registers that every function of chains keeps.
const (
	// packetReg points to the packet.
	packetReg = asm.R6
	scratch   = asm.R1
	scratch2  = asm.R2
)

// load reads a field of the packet.
func (f *function) load(r asm.Register, d field) {
	f.needs |= d.needs
	f.add(asm.LoadMem(r, packetReg, d.off, d.size))
}
