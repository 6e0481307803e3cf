package ebpf

import (
	"encoding/binary"
	"net/netip"

	"github.com/cilium/ebpf/asm"
)

// Lists are changed from outside by programs too, which do it under the list's lock
// and by the same code as packets. They are never attached: the kernel runs them for
// one address each (BPF_PROG_TEST_RUN), which stands where a packet would be.

// The layout of what an edit program is given, behind an Ethernet header.
const (
	editFrame  = 14
	editAddr   = 0
	editNow    = 16
	editList   = 24
	editFamily = 28
	editTTL    = 29
	editSize   = 32
)

// editName is the name of the program that calls a function for lists.
func editName(calls string) string { return "edit_" + calls }

// AddProgram and ForgetProgram are the names of the programs of [Editor] that record
// an address in a list and remove it.
func (l List) AddProgram() string { return editName(l.geometry().addName()) }

// ForgetProgram is the other one; see AddProgram.
func (l List) ForgetProgram() string { return editName(l.geometry().forgetName()) }

// RateProgram is the name of the program of [Editor] that returns how many jiffies there
// are in a second.
const RateProgram = "edit_rate"

// Editor makes an object with the programs that change the given lists. Its maps are
// to be replaced by those that hold the lists. hz is as in [Options].
func Editor(lists []List, hz uint32) ([]byte, error) {
	o := newObject()
	for _, l := range lists {
		o.shapes[l.geometry()]++
	}
	for _, g := range o.geometries() {
		for _, f := range []*function{
			editProgram(g.addName(), opRecord), editProgram(g.forgetName(), 0),
			addFunction(g), forgetFunction(g), seedFunction(g),
		} {
			f.prune()
			o.add(f)
		}
	}
	rate := &function{name: RateProgram, section: "tc", params: []string{"__sk_buff"}}
	rate.rate(asm.R0, hz)
	rate.add(asm.Return())
	o.add(rate)
	return o.elf()
}

// Edit is what an edit program is given: an address of a list, its TTL, and when it
// was seen in jiffies; 0 is now. A TTL of 0 leaves that of a known address as it is,
// and is that of a new one, as with "+address" in /proc/net/xt_recent.
func Edit(l List, a netip.Addr, ttl uint8, at uint64) []byte {
	raw := make([]byte, editFrame+editSize)
	b := raw[editFrame:]
	copy(b[editAddr:], a.AsSlice())
	binary.LittleEndian.PutUint64(b[editNow:], at)
	binary.LittleEndian.PutUint32(b[editList:], l.Key)
	b[editFamily], b[editTTL] = familyByte(a), ttl
	return raw
}

func familyByte(a netip.Addr) byte {
	if a.Is4() {
		return family4
	}
	return family6
}

// The places of a packet's bytes in a tc program's context.
const (
	ctxData    = 76
	ctxDataEnd = 80
)

// givenReg is where a program finds what it was given, behind editFrame bytes.
const givenReg = asm.R6

// takeGiven finds what a program was given, so many bytes; with less it goes to missing.
func (f *function) takeGiven(size int32, missing label) {
	f.add(
		asm.LoadMem(givenReg, asm.R1, ctxData, asm.Word), asm.LoadMem(asm.R3, asm.R1, ctxDataEnd, asm.Word),
		asm.Mov.Reg(asm.R4, givenReg), asm.Add.Imm(asm.R4, editFrame+size),
	)
	f.whenReg(asm.JGT, asm.R4, asm.R3, missing)
}

// editProgram calls a function for lists with what it was given.
func editProgram(calls string, op int32) *function {
	f := &function{name: editName(calls), section: "tc", params: []string{"__sk_buff"}, frame: packetSize}
	f.takeGiven(editSize, f.dropLabel())
	for at := int16(0); at < packetSize; at += 8 {
		f.add(storeImm(asm.RFP, atPacket+at, 0, asm.DWord))
	}
	given := func(r asm.Register, at int16, size asm.Size) { f.add(asm.LoadMem(r, givenReg, editFrame+at, size)) }
	for i := range int16(4) {
		given(asm.R1, editAddr+4*i, asm.Word)
		f.add(asm.StoreMem(asm.RFP, atPacket+fieldSrc.at(int(i)).off, asm.R1, asm.Word))
	}
	given(asm.R1, editFamily, asm.Byte)
	f.add(asm.StoreMem(asm.RFP, atPacket+fieldFamily.off, asm.R1, asm.Byte))
	given(asm.R1, editTTL, asm.Byte)
	f.add(asm.StoreMem(asm.RFP, atPacket+fieldSeenTTL.off, asm.R1, asm.Byte))
	given(asm.R2, editList, asm.Word)
	given(asm.R4, editNow, asm.DWord)
	f.add(asm.Mov.Reg(asm.R1, asm.RFP), asm.Add.Imm(asm.R1, atPacket), asm.Mov.Imm(asm.R3, op))
	f.call(calls)
	f.add(asm.Return())
	f.here(f.drop)
	f.returns(answerDrop)
	return f
}

// addFunction records an address at a moment, now if that is 0. Unlike a packet it
// changes no TTL unless it has one.
//
//	int add(struct packet *p, u32 list, u32 op, u64 now)
func addFunction(g geometry) *function {
	c := newListCode(g, g.addName(), "packet", "list", "op", "now")
	dated := c.label()
	c.add(stored(asm.R4, atNow))
	c.when(asm.JNE, asm.R4, 0, dated)
	c.add(asm.Mov.Reg(asm.R6, asm.R1), asm.Mov.Reg(asm.R7, asm.R2), asm.Mov.Reg(asm.R8, asm.R3))
	c.helper(asm.FnJiffies64)
	c.add(stored(asm.R0, atNow), asm.Mov.Reg(asm.R1, asm.R6), asm.Mov.Reg(asm.R2, asm.R7), asm.Mov.Reg(asm.R3, asm.R8))
	c.here(dated)
	c.enter()
	absent, done, stamp := c.label(), c.label(), c.label()
	c.lookup(absent)
	c.aside(func() {
		c.here(absent)
		c.insert(done)
	})
	c.add(restore(asm.R1, atTTL))
	c.when(asm.JNE, asm.R1, 0, stamp)
	c.add(asm.LoadMem(asm.R1, slotReg, slotTTL, asm.Byte), stored(asm.R1, atTTL))
	c.here(stamp)
	c.stamp()
	c.refresh()
	c.here(done)
	c.leaveWith(answerYes)
	c.breaks()
	return c.function
}
