package ebpf

import "github.com/cilium/ebpf/asm"

// recordFunction is recent_mt of the kernel but for --remove: it records an
// address, asks for it, or does both, one after the other.
//
//	int recent(struct packet *p, u32 list, u32 op, u32 hits, u32 seconds)
func recordFunction(g geometry, hz uint32) *function {
	c := newListCode(g, g.recordName(), "packet", "list", "op", "hits", "seconds")
	c.times(hz)
	c.enter()
	c.recordOrAsk()
	return c.function
}

// recordOrAsk is what is done under the lock.
func (c *listCode) recordOrAsk() {
	absent, seen := c.label(), c.label()
	c.lookup(absent)
	c.aside(func() {
		c.here(absent)
		c.insert(seen)
	})
	c.whenOp(opRecord, seen, false)
	c.stamp()
	c.refresh()
	c.here(seen)
	c.ask()
	c.breaks()
}

// breaks is what happens where a number is broken.
func (c *listCode) breaks() {
	c.aside(func() {
		c.here(c.broken)
		c.leaveWith(answerDrop)
	})
}

// times keeps the arguments that are numbers, and the moment.
func (c *listCode) times(hz uint32) {
	c.add(stored(asm.R4, atHits), asm.Mov.Reg(asm.R6, asm.R1), asm.Mov.Reg(asm.R7, asm.R2), asm.Mov.Reg(asm.R8, asm.R3))
	c.window(asm.R5, hz)
	c.helper(asm.FnJiffies64)
	c.add(stored(asm.R0, atNow), asm.Mov.Reg(asm.R1, asm.R6), asm.Mov.Reg(asm.R2, asm.R7), asm.Mov.Reg(asm.R3, asm.R8))
}

// window keeps the seconds in a register, in ticks. The kernel multiplies them with its
// clock's rate in 32 bits, so long windows wrap. It needs R0.
func (c *listCode) window(seconds asm.Register, hz uint32) {
	c.rate(asm.R0, hz)
	c.add(asm.Mul.Reg32(seconds, asm.R0), stored(seconds, atWindow))
}

// rate loads the rate of the kernel's clock in ticks a second: a number, or what
// the kernel's configuration says.
func (f *function) rate(r asm.Register, hz uint32) {
	if hz > 0 {
		f.add(asm.Mov.Imm(r, int32(hz)))
		return
	}
	f.config(r, configHZ)
	f.add(asm.LoadMem(r, r, 0, asm.Word))
}

// configHZ is the kernel's name for the rate of its clock.
const configHZ = "CONFIG_HZ"

// insert takes an address that is not in the list, if it is to be recorded.
func (c *listCode) insert(seen label) {
	record, room := c.label(), c.label()
	c.whenOp(opRecord, record, true)
	c.not(asm.R0)
	c.leave()
	c.here(record)
	c.when(asm.JLT, asm.R0, chainBound, room)
	c.add(asm.LoadMem(asm.R1, listReg, listFull, asm.DWord), asm.Add.Imm(asm.R1, 1), asm.StoreMem(listReg, listFull, asm.R1, asm.DWord))
	c.leaveWith(answerDrop)
	c.here(room)
	c.take()
	c.fill()
	c.chain()
	c.putLast()
	c.goTo(seen)
}

// take finds a slot: one that was left, one that was never used, or that of the
// address written longest ago.
func (c *listCode) take() {
	fresh, evict, reused, got := c.label(), c.label(), c.label(), c.label()
	c.add(asm.LoadMem(indexReg, listReg, listFree, asm.Word))
	c.when(asm.JEq, indexReg, 0, fresh)
	c.slot(c.function, slotReg, indexReg, listReg, c.broken)
	c.add(asm.LoadMem(asm.R1, slotReg, slotHNext, asm.Word), asm.StoreMem(listReg, listFree, asm.R1, asm.Word))
	c.goTo(got)
	c.here(fresh)
	c.add(asm.LoadMem(indexReg, listReg, listUsed, asm.Word))
	c.when(asm.JGE, indexReg, int32(c.slots), evict)
	c.add(asm.Add.Imm(indexReg, 1), asm.StoreMem(listReg, listUsed, indexReg, asm.Word))
	c.slot(c.function, slotReg, indexReg, listReg, c.broken)
	c.goTo(got)
	c.here(evict)
	c.add(asm.LoadMem(indexReg, listReg, listSlots+slotNext, asm.Word))
	c.when(asm.JEq, indexReg, 0, c.broken)
	c.slot(c.function, slotReg, indexReg, listReg, c.broken)
	c.unchain(slotReg)
	c.takeOut(slotReg)
	c.goTo(reused)
	c.here(got)
	c.add(asm.LoadMem(asm.R1, listReg, listCount, asm.Word), asm.Add.Imm(asm.R1, 1), asm.StoreMem(listReg, listCount, asm.R1, asm.Word))
	c.here(reused)
}

// fill writes a new address with its first stamp.
func (c *listCode) fill() {
	c.addr(asm.R1, 0)
	c.addr(asm.R2, 8)
	c.family(asm.R3)
	c.ttl(asm.R4)
	c.add(
		asm.StoreMem(slotReg, slotAddr, asm.R1, asm.DWord), asm.StoreMem(slotReg, slotAddr+8, asm.R2, asm.DWord),
		asm.StoreMem(slotReg, slotFamily, asm.R3, asm.Byte), asm.StoreMem(slotReg, slotTTL, asm.R4, asm.Byte),
		restore(asm.R1, atNow), asm.StoreMem(slotReg, slotStamps, asm.R1, asm.DWord),
		storeImm(slotReg, slotIndex, 1, asm.Half), storeImm(slotReg, slotNStamps, 1, asm.Half),
	)
}

// chain puts the slot in front of its hash chain.
func (c *listCode) chain() {
	alone := c.label()
	c.add(restore(asm.R1, atBucket), asm.StoreMem(slotReg, slotBucket, asm.R1, asm.Word))
	c.bucket(c.function, asm.R1, listReg)
	c.add(
		asm.LoadMem(asm.R2, asm.R1, 0, asm.Word), asm.StoreMem(asm.R1, 0, indexReg, asm.Word),
		asm.StoreMem(slotReg, slotHNext, asm.R2, asm.Word), storeImm(slotReg, slotHPrev, 0, asm.Word),
	)
	c.when(asm.JEq, asm.R2, 0, alone)
	c.slot(c.function, asm.R3, asm.R2, listReg, c.broken)
	c.add(asm.StoreMem(asm.R3, slotHPrev, indexReg, asm.Word))
	c.here(alone)
}

// ask answers whether the slot has enough young stamps, and does what --update
// and --reap do then.
func (c *listCode) ask() {
	asked, other := c.label(), c.label()
	c.whenOp(opSeen, asked, true)
	c.leaveWith(answerYes)
	c.here(asked)
	c.sameTTL(other)
	c.aside(func() {
		c.here(other)
		c.not(asm.R0)
		c.leave()
	})
	c.hit()
	c.reap()
	c.update()
	c.leave()
}

// sameTTL goes to other if a TTL is asked for and the slot has another. A TTL of 0 on
// either side equals any.
func (c *listCode) sameTTL(other label) {
	same := c.label()
	c.whenOp(opTTL, same, false)
	c.ttl(asm.R1)
	c.add(asm.LoadMem(asm.R2, slotReg, slotTTL, asm.Byte))
	c.when(asm.JEq, asm.R1, 0, same)
	c.when(asm.JEq, asm.R2, 0, same)
	c.whenReg(asm.JNE, asm.R1, asm.R2, other)
	c.here(same)
}

// hit puts the answer into R0: whether the stamp that makes the hits enough is
// young enough. Stamps are in the order of time, so one look decides.
func (c *listCode) hit() {
	decided, wrapped := c.label(), c.label()
	if c.may(opSeconds | opReap) {
		c.edge()
	}
	c.add(asm.Mov.Imm(asm.R0, 0), asm.LoadMem(asm.R3, slotReg, slotNStamps, asm.Half))
	c.hits(asm.R4)
	c.whenReg(asm.JLT, asm.R3, asm.R4, decided)
	c.add(asm.Mov.Imm(asm.R0, 1))
	c.whenOp(opSeconds, decided, false)
	c.add(asm.LoadMem(asm.R5, slotReg, slotIndex, asm.Half), asm.Sub.Reg(asm.R5, asm.R4))
	c.when(asm.JSGE, asm.R5, 0, wrapped)
	c.add(asm.Add.Imm(asm.R5, int32(min(c.stamps, 65535)))) // of 65536 slots the kernel never counts the last
	c.here(wrapped)
	c.add(asm.And.Imm(asm.R5, int32(c.stamps-1)), asm.LSh.Imm(asm.R5, 3), asm.Add.Reg(asm.R5, slotReg))
	c.add(asm.LoadMem(asm.R5, asm.R5, slotStamps, asm.DWord), restore(asm.R1, atEdge), asm.Sub.Reg(asm.R5, asm.R1))
	c.when(asm.JSGE, asm.R5, 0, decided)
	c.add(asm.Mov.Imm(asm.R0, 0))
	c.here(decided)
	c.turn()
}

// edge keeps the moment that a stamp must not be older than.
func (c *listCode) edge() {
	c.add(restore(asm.R1, atNow), restore(asm.R2, atWindow), asm.Sub.Reg(asm.R1, asm.R2), stored(asm.R1, atEdge))
}

// reap removes the address written longest ago if all its stamps are too old,
// but not one that is about to be stamped. The answer stays in R0.
func (c *listCode) reap() {
	end, stale, old := c.label(), c.label(), c.label()
	c.whenOp(opReap, end, false)
	c.add(stored(asm.R0, atAnswer), asm.LoadMem(asm.R0, listReg, listSlots+slotNext, asm.Word))
	c.whenReg(asm.JNE, asm.R0, indexReg, old)
	c.whenOp(opUpdate, old, false)
	c.add(restore(asm.R1, atAnswer))
	spared := c.label()
	c.when(asm.JNE, asm.R1, 0, spared)
	c.here(old)
	c.slot(c.function, asm.R5, asm.R0, listReg, c.broken)
	c.add(asm.LoadMem(asm.R1, asm.R5, slotIndex, asm.Half))
	c.when(asm.JEq, asm.R1, 0, stale) // only in a ring of 65536: the kernel reads the slot's head then
	c.add(
		asm.Sub.Imm(asm.R1, 1), asm.And.Imm(asm.R1, int32(c.stamps-1)), asm.LSh.Imm(asm.R1, 3), asm.Add.Reg(asm.R1, asm.R5),
		asm.LoadMem(asm.R1, asm.R1, slotStamps, asm.DWord), restore(asm.R2, atEdge), asm.Sub.Reg(asm.R1, asm.R2),
	)
	c.when(asm.JSGE, asm.R1, 0, spared)
	c.here(stale)
	c.remove(asm.R5, asm.R0)
	c.here(spared)
	c.add(restore(asm.R0, atAnswer))
	c.here(end)
}

// update stamps the slot if --update asks for it and the answer in R0 is yes.
func (c *listCode) update() {
	end := c.label()
	c.when(asm.JEq, asm.R0, 0, end)
	c.whenOp(opUpdate, end, false)
	c.stamp()
	if c.known == nil || c.known.op&opRecord == 0 { // or it was refreshed already
		c.refresh()
	}
	c.here(end)
}
