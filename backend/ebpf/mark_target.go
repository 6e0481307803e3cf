package ebpf

import (
	"github.com/cilium/ebpf/asm"
	"github.com/recentc/recentc/compile"
)

// setMark changes the mark as the program knows it. At tc the program writes it
// back in the end; elsewhere it cannot.
func (t *translator) setMark(f *function, m *compile.SetMark, _ uint32) {
	f.load(scratch, fieldMark)
	f.add(asm.And.Imm32(scratch, int32(^m.Clear)), asm.Xor.Imm32(scratch, int32(m.Toggle)), asm.StoreMem(packetReg, fieldMark.off, scratch, asm.Word))
}

// canMark tells whether the program may change a packet's mark.
func (a Attach) canMark() bool { return a == TCIngress || a == TCEgress }
