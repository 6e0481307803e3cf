package ebpf

import "github.com/cilium/ebpf/asm"

// anyBit holds if a field has one of some bits.
type anyBit struct {
	field field
	bits  uint32
	not   bool
}

func (b anyBit) write(f *function, no label) {
	f.load(scratch, b.field)
	f.add(asm.And.Imm(scratch, int32(b.bits)))
	if b.not {
		f.when(asm.JNE, scratch, 0, no)
	} else {
		f.when(asm.JEq, scratch, 0, no)
	}
}
