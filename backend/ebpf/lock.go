package ebpf

import "github.com/cilium/ebpf/asm"

// Every operation on a list holds its lock. At netfilter that is the kernel's
// bpf_spin_lock, which keeps interrupts away: a program may run for a process there, and
// be interrupted by a packet that wants the same list.
//
// A program at a device runs with softirqs off (as BPF_PROG_TEST_RUN does since Linux
// 6.3), so that nothing can interrupt it that wants a list. There a word that programs
// exchange will do, which takes a thirtieth of the time: both calls for a bpf_spin_lock
// cost as much as all the rest that is done for a packet.

// lockTries is how often a program looks at a list's word before it gives up and drops
// its packet, the most that the kernel lets it count to: for about a tenth of a second,
// which another processor holds a list only while its host gives it no time.
const lockTries = 8 << 20

// lock takes the lock of the list in listReg, or goes to lost.
func (c *listCode) lock(lost label) {
	if !c.word {
		c.add(asm.Mov.Reg(asm.R1, listReg))
		c.helper(asm.FnSpinLock)
		return
	}
	c.takeWord()
	held := c.label()
	c.when(asm.JNE, asm.R0, 0, held)
	locked := c.place()
	c.aside(func() {
		c.here(held)
		c.await(locked)
		c.goTo(lost)
	})
}

// takeWord makes the list's word 1, if it is 0. R0 is what it was.
func (c *listCode) takeWord() {
	c.add(asm.Mov.Imm(asm.R0, 0), asm.Mov.Imm(asm.R2, 1), atomic(asm.CmpXchg, listReg, asm.R2, listLock, asm.Word))
}

// await looks at the word until it is 0, and writes to it only then: a write takes it
// from the processor that is to give it back.
func (c *listCode) await(locked label) {
	tries := func() { c.add(asm.Mov.Reg(asm.R1, asm.RFP), asm.Add.Imm(asm.R1, atTries)) }
	over := c.label()
	tries()
	c.add(asm.Mov.Imm(asm.R2, 0), asm.Mov.Imm(asm.R3, lockTries))
	c.kfunc(kfuncCountNew)
	again := c.place()
	tries()
	c.kfunc(kfuncCountNext)
	c.when(asm.JEq, asm.R0, 0, over)
	c.add(asm.LoadMem(asm.R0, listReg, listLock, asm.Word))
	c.when(asm.JNE, asm.R0, 0, again)
	c.takeWord()
	c.when(asm.JNE, asm.R0, 0, again)
	tries()
	c.kfunc(kfuncCountEnd)
	c.goTo(locked)
	c.here(over)
	tries()
	c.kfunc(kfuncCountEnd)
}

// unlock gives the lock back. It needs R1, and to give a bpf_spin_lock back R0 to R5.
func (c *listCode) unlock() {
	if c.word {
		c.add(asm.Mov.Imm(asm.R1, 0), atomic(asm.Xchg, listReg, asm.R1, listLock, asm.Word))
		return
	}
	c.add(asm.Mov.Reg(asm.R1, listReg))
	c.helper(asm.FnSpinUnlock)
}

// atomic is one of the instructions that leave in a register what was in memory. The
// library would make a plain addition of it without its number.
func atomic(op asm.AtomicOp, base, r asm.Register, off int16, size asm.Size) asm.Instruction {
	i := op.Mem(base, r, size, off)
	i.Constant = int64(op >> 8)
	return i
}
