package ebpf

import (
	"github.com/cilium/ebpf/asm"
	"github.com/recentc/recentc/compile"
)

func (t *translator) statistic(m *compile.Statistic) tests {
	if m.Every == 0 {
		return tests{chance{m.Chance, m.Not}}
	}
	nth := t.meter("nth", nthFunction, m.Every, m.Packet, false)
	return tests{either{[]tests{{nth}}, m.Not}}
}

// nthFunction holds for one of so many packets. The arguments are how many, and
// which of them.
func nthFunction() *function {
	f := meterFunction("nth")
	again, end := f.label(), f.label()
	f.add(storeImm(asm.RFP, atNow, 0, asm.DWord), restore(asm.R1, atHits), restore(asm.R2, atWindow), asm.Sub.Reg(asm.R1, asm.R2), asm.Sub.Imm(asm.R1, 1))
	f.lock(asm.R1)
	f.add(
		asm.Mov.Imm(asm.R0, answerNo), asm.LoadMem(asm.R1, listReg, meterValue, asm.DWord), asm.Add.Imm(asm.R1, 1), restore(asm.R2, atHits),
	)
	f.whenReg(asm.JGE, asm.R1, asm.R2, again)
	f.goTo(end)
	f.here(again)
	f.add(asm.Mov.Imm(asm.R0, answerYes), asm.Mov.Imm(asm.R1, 0))
	f.here(end)
	f.answer()
	return f
}

// chance holds for a part of all packets, in parts of 1<<31, at random.
type chance struct {
	part uint32
	not  bool
}

func (c chance) write(f *function, no label) {
	f.helper(asm.FnGetPrandomU32)
	f.add(asm.And.Imm32(asm.R0, 0x7fffffff))
	if c.not {
		f.when32(asm.JLT, asm.R0, c.part, no)
	} else {
		f.when32(asm.JGE, asm.R0, c.part, no)
	}
}
