package ebpf

import (
	"github.com/cilium/ebpf/asm"
	"github.com/recentc/recentc/compile"
)

func (t *translator) quota(m *compile.Quota) tests {
	q := t.meter("quota", quotaFunction, uint32(m.Bytes), uint32(m.Bytes>>32), false)
	return tests{either{[]tests{{q}}, m.Not}}
}

// quotaFunction holds until the bytes are used up; a packet that does not fit
// ends it for smaller ones too. The arguments are the halves of the quota.
func quotaFunction() *function {
	f := meterFunction("quota")
	f.add(storeImm(asm.RFP, atNow, 0, asm.DWord), restore(asm.R1, atHits), restore(asm.R2, atWindow), asm.LSh.Imm(asm.R2, 32), asm.Or.Reg(asm.R1, asm.R2))
	f.add(asm.LoadMem(asm.R8, packetReg, fieldBytes.off, asm.Word))
	f.lock(asm.R1)
	over, end := f.label(), f.label()
	f.add(asm.LoadMem(asm.R1, listReg, meterValue, asm.DWord))
	f.whenReg(asm.JLT, asm.R1, asm.R8, over)
	f.add(asm.Sub.Reg(asm.R1, asm.R8), asm.Mov.Imm(asm.R0, answerYes))
	f.goTo(end)
	f.here(over)
	f.add(asm.Mov.Imm(asm.R1, 0), asm.Mov.Imm(asm.R0, answerNo))
	f.here(end)
	f.answer()
	return f
}
