package ebpf

import (
	"encoding/binary"

	"github.com/cilium/ebpf/asm"
)

// A list that is locked by a word cannot be read or written whole from outside: the
// kernel copies under a bpf_spin_lock alone. Programs that are never attached do it, by
// way of a map of one value.

// readName and writeName are the names of the programs that copy a list out of its map
// and into it, copyName that of the map that they copy to and from.
func (g geometry) readName() string  { return "read_" + g.mapName() }
func (g geometry) writeName() string { return "write_" + g.mapName() }
func (g geometry) copyName() string  { return "copy_" + g.mapName() }

// ReadProgram is the name of the program of [Copier] that copies a list to the map
// [List.CopyMap], and WriteProgram that of the one that copies it back.
func (l List) ReadProgram() string { return l.geometry().readName() }

// WriteProgram is the other one; see ReadProgram.
func (l List) WriteProgram() string { return l.geometry().writeName() }

// CopyMap is the name of the map that a list is copied to; its key is 0.
func (l List) CopyMap() string { return l.geometry().copyName() }

// Copier makes an object with the programs that copy those of the given lists that have
// a Word, each under its lock. The maps of the lists are to be replaced by those that
// hold them. A program is given what [Copy] makes, and returns 1.
func Copier(lists []List) ([]byte, error) {
	o := newObject()
	o.copies = true
	for _, l := range lists {
		if l.Word {
			o.shapes[l.geometry()]++
		}
	}
	for _, g := range o.geometries() {
		for _, f := range []*function{copyProgram(g, g.readName(), false), copyProgram(g, g.writeName(), true)} {
			f.prune()
			o.add(f)
		}
	}
	return o.elf()
}

// Copy is what a program of [Copier] is given.
func Copy(l List) []byte { return binary.LittleEndian.AppendUint32(make([]byte, editFrame), l.Key) }

// atCopy is the key of a copy.
const atCopy = atAddr

// copyProgram copies a list to its copy, or back. The copy of the word is that of a list
// that is locked.
func copyProgram(g geometry, name string, back bool) *function {
	c := newListCode(g, name, "__sk_buff")
	c.section = "tc"
	lost := c.label()
	c.takeGiven(4, lost)
	c.add(asm.LoadMem(asm.R0, givenReg, editFrame, asm.Word), asm.StoreMem(asm.RFP, atList, asm.R0, asm.Word), storeImm(asm.RFP, atCopy, 0, asm.Word))
	c.keyed(g.copyName(), atCopy)
	c.helper(asm.FnMapLookupElem)
	c.when(asm.JEq, asm.R0, 0, lost)
	c.add(asm.Mov.Reg(slotReg, asm.R0))
	c.find(lost)
	c.lock(lost)
	if back {
		c.add(storeImm(slotReg, listLock, 1, asm.Word))
		c.keyed(g.mapName(), atList)
		c.add(asm.Mov.Reg(asm.R3, slotReg))
	} else {
		c.keyed(g.copyName(), atCopy)
		c.add(asm.Mov.Reg(asm.R3, listReg))
	}
	c.add(asm.Mov.Imm(asm.R4, 0))
	c.helper(asm.FnMapUpdateElem)
	c.when(asm.JNE, asm.R0, 0, c.broken)
	c.leaveWith(answerYes)
	c.here(c.broken)
	c.leaveWith(answerNo)
	c.here(lost)
	c.returns(answerNo)
	return c.function
}

// keyed loads a map and the address of a key in the stack, as helpers take them.
func (f *function) keyed(name string, at int32) {
	f.mapAddress(asm.R1, name)
	f.add(asm.Mov.Reg(asm.R2, asm.RFP), asm.Add.Imm(asm.R2, at))
}
