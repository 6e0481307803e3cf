package ebpf

import "github.com/cilium/ebpf/asm"

// The extension headers of IPv6 that the kernel follows.
const (
	nextHop      = 0
	nextRouting  = 43
	nextFragment = 44
	nextAuth     = 51
	nextDest     = 60
)

// maxHeaders is how many extension headers are followed. A packet with more is
// dropped by rules that ask for its protocol.
const maxHeaders = 12

// header6 reads an IPv6 header, and those behind it if some rule asks for the
// protocol.
func (p *program) header6() {
	p.head("ipv6hdr", 40)
	p.add(
		asm.LoadMem(asm.R1, asm.R0, 0, asm.Byte), asm.LSh.Imm(asm.R1, 4), asm.LoadMem(asm.R2, asm.R0, 1, asm.Byte),
		asm.RSh.Imm(asm.R2, 4), asm.Or.Reg(asm.R1, asm.R2),
	)
	p.put(fieldTOS, asm.R1)
	p.length(4, 40)
	p.ttl(7)
	p.copyWords(8, fieldSrc, 4)
	p.copyWords(24, fieldDst, 4)
	p.add(storeImm(asm.RFP, atPacket+fieldFamily.off, family6, asm.Byte))
	if p.needs&needProto != 0 {
		p.add(asm.LoadMem(headReg, asm.R0, 6, asm.Byte), asm.Add.Imm(offsetReg, 40), asm.Mov.Imm(countReg, 0))
		p.follow()
	}
}

// follow goes from header to header (ipv6_find_hdr) to the one that is none of
// IPv6's own, whose protocol is in headReg then.
func (p *program) follow() {
	broken, found := p.label(), p.label()
	p.ownDynptr(found)
	more, fragment, auth, add := p.label(), p.label(), p.label(), p.label()
	loop := p.place()
	p.when(asm.JEq, headReg, nextFragment, fragment)
	for _, n := range []int32{nextHop, nextRouting, nextAuth, nextDest} {
		p.when(asm.JEq, headReg, n, more)
	}
	p.goTo(found)

	p.here(more)
	p.slice(2, broken)
	p.add(asm.LoadMem(asm.R1, asm.R0, 1, asm.Byte))
	p.when(asm.JEq, headReg, nextAuth, auth)
	p.add(asm.Add.Imm(asm.R1, 1), asm.LSh.Imm(asm.R1, 3))
	p.goTo(add)
	p.here(auth)
	p.add(asm.Add.Imm(asm.R1, 2), asm.LSh.Imm(asm.R1, 2))
	p.goTo(add)

	p.here(fragment)
	p.slice(4, broken)
	p.add(asm.LoadMem(asm.R2, asm.R0, 2, asm.Half), asm.HostTo(asm.BE, asm.R2, asm.Half), asm.And.Imm(asm.R2, 0xfff8), asm.Mov.Imm(asm.R1, 8))
	p.when(asm.JEq, asm.R2, 0, add)
	p.later(broken, found)

	p.here(add)
	p.add(asm.Add.Reg(offsetReg, asm.R1), asm.LoadMem(headReg, asm.R0, 0, asm.Byte), asm.Add.Imm(countReg, 1))
	p.when(asm.JLT, countReg, maxHeaders, loop)
	p.here(broken)
	p.add(storeImm(asm.RFP, atPacket+fieldBroken.off, 1, asm.Byte))
	p.here(found)
	p.put(fieldProto, headReg)
}

// later ends the search at a later fragment, whose place is in R2: its protocol
// is known if no header of IPv6's own follows.
func (p *program) later(broken, found label) {
	p.add(asm.LoadMem(headReg, asm.R0, 0, asm.Byte))
	for _, n := range []int32{nextHop, nextRouting, nextFragment, nextAuth, nextDest} {
		p.when(asm.JEq, headReg, n, broken)
	}
	p.put(fieldFragment, asm.R2)
	p.goTo(found)
}

// ownDynptr makes the packet readable piece by piece where that is not done yet.
// Packets without extension headers need it not, and go to found.
func (p *program) ownDynptr(found label) {
	if !p.direct {
		return
	}
	extended := p.label()
	for _, n := range []int32{nextHop, nextRouting, nextFragment, nextAuth, nextDest} {
		p.when(asm.JEq, headReg, n, extended)
	}
	p.goTo(found)
	p.here(extended)
	p.pieces()
}
