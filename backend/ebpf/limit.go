package ebpf

import (
	"github.com/cilium/ebpf/asm"
	"github.com/recentc/recentc/compile"
)

// limitScale is XT_LIMIT_SCALE: rates are the time between two packets, in parts
// of a second.
const limitScale = 10000

func (t *translator) limit(m *compile.Limit) tests {
	interval := limitScale * m.Rate.Per.Seconds() / m.Rate.Count
	return tests{t.meter("limit", func() *function { return limitFunction(t.opts.HZ) }, interval, m.Burst, false)}
}

// limitFunction is limit_mt of the kernel with limit_mt_check's arithmetic, all
// of it 32 bits wide. The arguments are the interval and the burst.
func limitFunction(hz uint32) *function {
	f := meterFunction("limit")
	f.rate(asm.R6, hz)
	f.perJiffy()
	// R8 credits a jiffy, R6 credits a second.
	f.add(asm.Mul.Reg32(asm.R6, asm.R8))
	f.add(restore(asm.R1, atHits))
	f.credits(asm.R1)
	f.add(stored(asm.R1, atBucket), restore(asm.R1, atHits), restore(asm.R2, atWindow), asm.Mul.Reg32(asm.R1, asm.R2))
	f.credits(asm.R1)
	f.add(stored(asm.R1, atEdge), asm.Mov.Reg(asm.R9, asm.R1))
	f.helper(asm.FnJiffies64)
	f.add(stored(asm.R0, atNow))
	f.lock(asm.R9)
	f.refill()
	no := f.label()
	f.add(asm.Mov.Imm(asm.R0, answerNo), restore(asm.R2, atBucket))
	f.whenReg(asm.JLT, asm.R1, asm.R2, no)
	f.add(asm.Mov.Imm(asm.R0, answerYes), asm.Sub.Reg(asm.R1, asm.R2))
	f.here(no)
	f.answer()
	return f
}

// perJiffy puts CREDITS_PER_JIFFY into R8: the greatest power of two with which
// a day has less than 2^32 credits. The rate of the clock is in R6.
func (f *function) perJiffy() {
	f.add(
		asm.Mov.Reg(asm.R1, asm.R6), asm.Mul.Imm(asm.R1, 86400),
		asm.LoadImm(asm.R8, 1<<32-1, asm.DWord), asm.Div.Reg(asm.R8, asm.R1),
	)
	for _, n := range []int32{1, 2, 4, 8, 16} {
		f.add(asm.Mov.Reg(asm.R1, asm.R8), asm.RSh.Imm(asm.R1, n), asm.Or.Reg(asm.R8, asm.R1))
	}
	f.add(asm.Mov.Reg(asm.R1, asm.R8), asm.RSh.Imm(asm.R1, 1), asm.Sub.Reg(asm.R8, asm.R1))
}

// credits is user2credits: what the number in a register is in credits. It
// divides first where the product would not fit. R6 has the credits a second.
func (f *function) credits(r asm.Register) {
	large, end := f.label(), f.label()
	f.add(asm.LoadImm(asm.R2, 1<<32-1, asm.DWord), asm.Div.Reg(asm.R2, asm.R6))
	f.whenReg(asm.JGT, r, asm.R2, large)
	f.add(asm.Mul.Reg32(r, asm.R6), asm.Div.Imm(r, limitScale))
	f.goTo(end)
	f.here(large)
	f.add(asm.Div.Imm(r, limitScale), asm.Mul.Reg32(r, asm.R6))
	f.here(end)
}

// refill puts into R1 what the bucket holds now: what it held and what the
// jiffies since have added, but not more than fits.
func (f *function) refill() {
	fits := f.label()
	f.add(
		restore(asm.R3, atNow), asm.LoadMem(asm.R2, listReg, meterBefore, asm.DWord), asm.StoreMem(listReg, meterBefore, asm.R3, asm.DWord),
		asm.Sub.Reg(asm.R3, asm.R2), asm.Mul.Reg(asm.R3, asm.R8),
		asm.LoadMem(asm.R1, listReg, meterValue, asm.DWord), asm.Add.Reg32(asm.R1, asm.R3), restore(asm.R2, atEdge),
	)
	f.whenReg(asm.JLE, asm.R1, asm.R2, fits)
	f.add(asm.Mov.Reg(asm.R1, asm.R2))
	f.here(fits)
}
