package ebpf

import (
	"github.com/cilium/ebpf/asm"
	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/compile"
)

// program is a program at a hook as it is being written.
type program struct {
	*function
	needs  needs
	family ast.Family
	hook   compile.Hook
	// direct tells that headers can be read where they lie: at a netfilter hook the
	// kernel has made sure of IP's, and most packets lie in one piece.
	direct bool
	// frames is the hook of a program at a device, which reads whole frames.
	frames *deviceHook
}

// wants tells whether some function reads the field.
func (p *program) wants(d field) bool { return d.needs == 0 || p.needs&d.needs != 0 }

// put writes a register into the packet.
func (p *program) put(d field, r asm.Register) {
	if !p.wants(d) {
		return
	}
	p.add(asm.StoreMem(asm.RFP, atPacket+d.off, r, d.size))
}

// clear makes the whole packet zero.
func (p *program) clear() {
	for at := int16(0); at < packetSize; at += 8 {
		p.add(storeImm(asm.RFP, atPacket+at, 0, asm.DWord))
	}
}

// slice asks for so many bytes at the offset in offsetReg, in R0. Where they are not
// there, it goes to missing.
func (p *program) slice(size int32, missing label) {
	if p.frames == nil {
		p.askSlice(size, missing)
		return
	}
	have, scattered := p.label(), p.label()
	p.linear(size, scattered)
	p.here(have)
	p.aside(func() {
		p.here(scattered)
		p.pieces()
		p.askSlice(size, missing)
		p.goTo(have)
	})
}

// askSlice asks the dynptr.
func (p *program) askSlice(size int32, missing label) {
	p.add(
		asm.Mov.Reg(asm.R1, asm.RFP), asm.Add.Imm(asm.R1, atDynptr), asm.Mov.Reg(asm.R2, offsetReg),
		asm.Mov.Reg(asm.R3, asm.RFP), asm.Add.Imm(asm.R3, atBuffer), asm.Mov.Imm(asm.R4, size),
	)
	p.kfunc(kfuncSlice)
	p.when(asm.JEq, asm.R0, 0, missing)
}

// linear takes the bytes, in R0, if they are in the packet's first piece, which a program
// at a device can read where it lies. That costs nothing; a dynptr is made, and asked, in a
// tenth of a microsecond.
func (p *program) linear(size int32, scattered label) {
	p.add(
		asm.LoadMem(asm.R0, skbReg, p.frames.data, asm.Word), asm.LoadMem(asm.R2, skbReg, p.frames.data+4, asm.Word),
		asm.Add.Reg(asm.R0, offsetReg), asm.Mov.Reg(asm.R3, asm.R0), asm.Add.Imm(asm.R3, size),
	)
	p.whenReg(asm.JGT, asm.R3, asm.R2, scattered)
}

// headers reads the headers of an IP packet that begins at the offset in
// offsetReg. A packet without a whole IP header is dropped; the kernel lets none
// come as far as netfilter.
func (p *program) headers() {
	if p.family == ast.IPv4 {
		p.header4()
	} else {
		p.header6()
	}
	if p.needs&needL4 != 0 {
		p.transport()
	}
}

// head puts the address of the IP header into R0.
func (p *program) head(structure string, size int32) {
	if !p.direct {
		p.slice(size, p.dropLabel())
		return
	}
	p.kernel(asm.R1, skbReg, skbData)
	p.cast(structure)
}

// cast makes an address in R1 one of the kernel's structure, in R0.
func (p *program) cast(structure string) {
	p.append(instruction{Instruction: asm.Mov.Imm(asm.R2, 0), structure: structure})
	p.kfunc(kfuncCast)
}

// header4 reads an IPv4 header.
func (p *program) header4() {
	p.head("iphdr", 20)
	p.add(asm.LoadMem(asm.R1, asm.R0, 0, asm.Byte), asm.And.Imm(asm.R1, 15), asm.LSh.Imm(asm.R1, 2), asm.Add.Reg(offsetReg, asm.R1))
	p.copyByte(1, fieldTOS)
	p.length(2, 0)
	p.add(asm.LoadMem(asm.R1, asm.R0, 6, asm.Half), asm.HostTo(asm.BE, asm.R1, asm.Half), asm.And.Imm(asm.R1, 0x1fff))
	p.put(fieldFragment, asm.R1)
	p.ttl(8)
	p.add(asm.LoadMem(headReg, asm.R0, 9, asm.Byte))
	p.put(fieldProto, headReg)
	p.copyAddress(12, fieldSrc)
	p.copyAddress(16, fieldDst)
	p.add(storeImm(asm.RFP, atPacket+fieldFamily.off, family4, asm.Byte))
}

// length keeps the length in the header with what is counted beside it. One that
// is too large for its field is written as 0 (BIG TCP).
func (p *program) length(at int16, beside int32) {
	if p.direct && !p.wants(fieldLength) {
		return
	}
	end, fits := p.label(), p.label()
	p.add(asm.LoadMem(asm.R1, asm.R0, at, asm.Half), asm.HostTo(asm.BE, asm.R1, asm.Half))
	p.when(asm.JNE, asm.R1, 0, fits)
	p.add(asm.LoadMem(asm.R1, asm.RFP, atPacket+fieldBytes.off, asm.Word))
	p.goTo(end)
	p.here(fits)
	if beside > 0 {
		p.add(asm.Add.Imm(asm.R1, beside))
	}
	p.here(end)
	p.put(fieldLength, asm.R1)
	if !p.direct {
		p.put(fieldBytes, asm.R1)
	}
}

// ttl keeps the TTL, and as -m recent sees it, eight bits wide.
func (p *program) ttl(at int16) {
	p.copyByte(at, fieldTTL)
	if !p.wants(fieldSeenTTL) {
		return
	}
	p.add(asm.LoadMem(asm.R1, asm.R0, at, asm.Byte), asm.LoadMem(asm.R2, asm.RFP, atPacket+fieldSeenTTL.off, asm.Byte), asm.Add.Reg(asm.R1, asm.R2))
	p.put(fieldSeenTTL, asm.R1)
}

func (p *program) copyByte(at int16, d field) {
	if !p.wants(d) {
		return
	}
	p.add(asm.LoadMem(asm.R1, asm.R0, at, asm.Byte))
	p.put(d, asm.R1)
}

// copyAddress copies an IPv4 address with the zeros behind it, because functions
// for lists read eight bytes at once: a read of what two writes have left waits.
func (p *program) copyAddress(at int16, d field) {
	p.add(asm.LoadMem(asm.R1, asm.R0, at, asm.Word), asm.StoreMem(asm.RFP, atPacket+d.off, asm.R1, asm.DWord))
}

func (p *program) copyWords(at int16, d field, n int) {
	for i := range n {
		p.add(asm.LoadMem(asm.R1, asm.R0, at+4*int16(i), asm.Word))
		p.put(d.at(i), asm.R1)
	}
}

// transport reads the header behind IP's of what is not a later fragment, as
// much of it as there is: TCP's has 20 bytes, that of no other protocol here
// more than 12, and of a packet that is cut off the ports still count.
func (p *program) transport() {
	end, others := p.label(), p.label()
	p.add(asm.LoadMem(asm.R1, asm.RFP, atPacket+fieldFragment.off, asm.Half))
	p.when(asm.JNE, asm.R1, 0, end)
	p.add(asm.LoadMem(asm.R1, asm.RFP, atPacket+fieldBroken.off, asm.Byte))
	p.when(asm.JNE, asm.R1, 0, end)
	if p.direct {
		p.inPlace(end)
	}
	p.when(asm.JNE, headReg, protoTCP, others)
	p.try(20, 13, end)
	ports := p.label()
	p.goTo(ports)
	p.here(others)
	p.try(12, 8, end)
	p.try(8, 0, end)
	p.here(ports)
	p.try(4, 0, end)
	p.here(end)
}

const protoTCP = 6

// inPlace reads the header where it lies, if 20 bytes lie there in one piece.
// Otherwise it makes the packet readable piece by piece, and goes on.
func (p *program) inPlace(end label) {
	scattered, short, have := p.label(), p.label(), p.label()
	p.kernel(asm.R1, skbReg, skbData)
	p.kernel(asm.R2, skbReg, skbHead)
	p.kernel(asm.R3, skbReg, skbTail)
	p.add(asm.Add.Reg(asm.R2, asm.R3), asm.Add.Reg(asm.R1, offsetReg), asm.Mov.Reg(asm.R3, asm.R1), asm.Add.Imm(asm.R3, 20))
	p.whenReg(asm.JGT, asm.R3, asm.R2, scattered)
	p.cast("tcphdr")
	p.when(asm.JNE, headReg, protoTCP, short)
	p.copyByte(13, fieldFlags)
	p.add(storeImm(asm.RFP, atPacket+fieldHave.off, 20, asm.Byte))
	p.goTo(have)
	p.here(short)
	p.copyByte(8, fieldFlags)
	p.add(storeImm(asm.RFP, atPacket+fieldHave.off, 12, asm.Byte))
	p.here(have)
	p.portsAndType()
	p.goTo(end)
	p.here(scattered)
	p.pieces()
}

// pieces makes the packet readable piece by piece, by the dynptr.
func (p *program) pieces() {
	p.add(asm.Mov.Reg(asm.R1, skbReg), asm.Mov.Imm(asm.R2, 0), asm.Mov.Reg(asm.R3, asm.RFP), asm.Add.Imm(asm.R3, atDynptr))
	if p.frames != nil {
		p.kfunc(p.frames.kfunc)
		return
	}
	p.kfunc(kfuncFromSkb)
}

// portsAndType copies the first four bytes of the header at R0.
func (p *program) portsAndType() {
	p.copyByte(0, fieldType)
	p.copyByte(1, fieldCode)
	p.copyPort(0, fieldSport)
	p.copyPort(2, fieldDport)
}

// try reads so many bytes of the header, one of them as flags if it is not the
// first; if they are not there, it goes on.
func (p *program) try(size int32, flags int16, end label) {
	missing := p.label()
	p.slice(size, missing)
	p.add(storeImm(asm.RFP, atPacket+fieldHave.off, size, asm.Byte))
	if flags > 0 {
		p.copyByte(flags, fieldFlags)
	}
	p.portsAndType()
	p.goTo(end)
	p.here(missing)
}

func (p *program) copyPort(at int16, d field) {
	p.add(asm.LoadMem(asm.R1, asm.R0, at, asm.Half), asm.HostTo(asm.BE, asm.R1, asm.Half))
	p.put(d, asm.R1)
}

// shortChain is how many instructions a chain has at most whose code stands in a program.
const shortChain = 2000

// verdicts are what a hook calls what becomes of a packet.
type verdicts struct{ accept, drop int32 }

// run runs a chain with a hook, whose function has the name. A packet that it does not
// decide about goes on behind, or is dropped by the policy. The code of a short one
// stands here: nothing else calls it, and a call takes as long as ten rules.
func (t *translator) run(p *program, c *compile.Chain, name string) {
	next := p.label()
	p.add(asm.Mov.Reg(asm.R1, asm.RFP), asm.Add.Imm(asm.R1, atPacket))
	if f := t.out.function(name); len(f.code) <= shortChain {
		p.splice(f, programAt)
		t.out.remove(f)
	} else {
		p.call(name)
	}
	p.add(asm.And.Imm(asm.R0, verdictMask))
	p.when(asm.JEq, asm.R0, verdictAccept, next)
	p.when(asm.JEq, asm.R0, verdictDrop, p.dropLabel())
	if c.Drop {
		p.goTo(p.dropLabel())
	}
	p.here(next)
}

// end writes the returns.
func (p *program) end(v verdicts) {
	p.returns(v.accept)
	if p.hasDrop {
		p.here(p.drop)
		p.returns(v.drop)
	}
}
