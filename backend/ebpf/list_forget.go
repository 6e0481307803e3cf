package ebpf

import "github.com/cilium/ebpf/asm"

// forgetFunction is what --remove does.
//
//	int forget(struct packet *p, u32 list, u32 op)
func forgetFunction(g geometry) *function {
	c := newListCode(g, g.forgetName(), "packet", "list", "op")
	c.enter()
	absent := c.label()
	c.lookup(absent)
	c.aside(func() {
		c.here(absent)
		c.not(asm.R0)
		c.leave()
	})
	c.remove(slotReg, indexReg)
	c.not(asm.R0)
	c.add(asm.Xor.Imm(asm.R0, 1))
	c.leave()
	c.breaks()
	return c.function
}

// seedFunction gives a list the secrets of its hash, once.
//
//	int seed(u32 list)
func seedFunction(g geometry) *function {
	const atSeeds = atAnswer
	c := newListCode(g, g.seedName(), "list")
	c.add(asm.StoreMem(asm.RFP, atList, asm.R1, asm.Word))
	for i := range int16(seeds) {
		for half := range int16(2) {
			c.helper(asm.FnGetPrandomU32)
			c.add(asm.StoreMem(asm.RFP, atSeeds+8*i+4*half, asm.R0, asm.Word))
		}
	}
	lost, done := c.broken, c.label()
	c.find(lost)
	c.lock(lost)
	c.add(asm.LoadMem(asm.R1, listReg, listSeeded, asm.Word))
	c.when(asm.JNE, asm.R1, 0, done)
	for i := range int16(seeds) {
		c.add(restore(asm.R1, atSeeds+8*i), asm.StoreMem(listReg, listSeed+8*i, asm.R1, asm.DWord))
	}
	c.add(storeImm(listReg, listSeeded, 1, asm.Word))
	c.here(done)
	c.leaveWith(answerYes)
	c.here(lost)
	c.returns(answerDrop)
	return c.function
}
