package ebpf

import (
	"fmt"

	"github.com/cilium/ebpf/asm"
)

// Lists that are only nearly xt_recent's, for hosts with many queues: all lists of
// a shape are in one LRU hash map of the kernel, which several processors write
// without waiting for each other. Instead, the kernel itself chooses what leaves a
// full map, in batches and before it is full, so it has room for several times as
// many addresses; and --reap does nothing.

// approxRoom is how many times as many addresses as the lists hold the map has
// room for. With less the kernel evicts addresses that are still needed.
const approxRoom = 8

// The names of the map, of the map that has one value of zeros, and of the
// functions.
func (g geometry) approxName() string { return fmt.Sprintf("approx_%d_%d", g.slots, g.stamps) }
func (g geometry) blankName() string  { return fmt.Sprintf("blank_%d", g.stamps) }
func (g geometry) approxRecordName() string {
	return fmt.Sprintf("approx_recent_%d_%d", g.slots, g.stamps)
}
func (g geometry) approxForgetName() string {
	return fmt.Sprintf("approx_forget_%d_%d", g.slots, g.stamps)
}

// A value is an address's stamps: how many there were, the TTL, and the last of
// them.
const (
	approxCount  = 0
	approxTTL    = 4
	approxStamps = 8
)

func (g geometry) approxSize() uint32 { return approxStamps + 8*g.stamps }

// The key of the map is on the stack: the list, the family and the address.
const (
	approxKey     = -112
	approxKeySize = 24
	approxFrame   = 112
)

// enterApprox finds the packet's address, in R0; at absent there is none. The
// arguments are packet, list and operation.
func (c *listCode) enterApprox(absent label) {
	lost, found := c.label(), c.label()
	c.frame = approxFrame
	c.when(asm.JNE, asm.R1, 0, found)
	c.here(lost)
	c.returns(answerDrop)
	c.here(found)
	c.add(asm.StoreMem(asm.RFP, approxKey, asm.R2, asm.Word), asm.Mov.Reg(opReg, asm.R3))
	c.takeKey()
	for i := range int16(2) {
		c.add(restore(asm.R0, atAddr+8*i), stored(asm.R0, approxKey+8+8*i))
	}
	c.add(restore(asm.R0, atFamily), asm.StoreMem(asm.RFP, approxKey+4, asm.R0, asm.Word))
	c.lookupApprox()
	c.when(asm.JEq, asm.R0, 0, absent)
}

func (c *listCode) approxKeyIn(r asm.Register) {
	c.add(asm.Mov.Reg(r, asm.RFP), asm.Add.Imm(r, approxKey))
}

func (c *listCode) lookupApprox() {
	c.mapAddress(asm.R1, c.approxName())
	c.approxKeyIn(asm.R2)
	c.helper(asm.FnMapLookupElem)
}

// approxRecord does what recordFunction does, nearly.
func approxRecord(g geometry, hz uint32) *function {
	c := newListCode(g, g.approxRecordName(), "packet", "list", "op", "hits", "seconds")
	absent, found, not := c.label(), c.label(), c.label()
	c.times(hz)
	c.enterApprox(absent)
	c.goTo(found)

	c.here(absent)
	c.whenOp(opRecord, not, false)
	c.insertApprox()

	c.here(found)
	asked := c.label()
	c.add(asm.Mov.Reg(slotReg, asm.R0))
	c.whenOp(opRecord, asked, false)
	c.stampApprox()
	c.here(asked)
	c.askApprox(not)

	c.here(not)
	c.not(asm.R0)
	c.add(asm.Return())
	c.here(c.broken)
	c.returns(answerDrop)
	return c.function
}

// insertApprox adds the address, with no stamp yet. If another processor does so
// at the same time, one of the two counts; if the map has no room, the packet is
// dropped.
func (c *listCode) insertApprox() {
	c.add(storeImm(asm.RFP, atList, 0, asm.Word))
	c.mapAddress(asm.R1, c.blankName())
	c.add(asm.Mov.Reg(asm.R2, asm.RFP), asm.Add.Imm(asm.R2, atList))
	c.helper(asm.FnMapLookupElem)
	c.when(asm.JEq, asm.R0, 0, c.broken)
	c.add(asm.Mov.Reg(asm.R3, asm.R0))
	c.mapAddress(asm.R1, c.approxName())
	c.approxKeyIn(asm.R2)
	const ifAbsent = 1 // BPF_NOEXIST
	c.add(asm.Mov.Imm(asm.R4, ifAbsent))
	c.helper(asm.FnMapUpdateElem)
	c.lookupApprox()
	c.when(asm.JEq, asm.R0, 0, c.broken)
}

// stampApprox takes the next place of the ring for itself and writes it.
func (c *listCode) stampApprox() {
	c.add(
		asm.Mov.Imm(asm.R1, 1), atomic(asm.FetchAdd, slotReg, asm.R1, approxCount, asm.Word),
		asm.And.Imm(asm.R1, int32(c.stamps-1)), asm.LSh.Imm(asm.R1, 3), asm.Add.Reg(asm.R1, slotReg),
		restore(asm.R2, atNow), asm.StoreMem(asm.R1, approxStamps, asm.R2, asm.DWord),
		restore(asm.R1, atTTL), asm.StoreMem(slotReg, approxTTL, asm.R1, asm.Byte),
	)
}

// askApprox answers like ask.
func (c *listCode) askApprox(not label) {
	asked, ttl, decided := c.label(), c.label(), c.label()
	c.whenOp(opSeen, asked, true)
	c.returns(answerYes)
	c.here(asked)
	c.whenOp(opTTL, ttl, false)
	c.add(restore(asm.R1, atTTL), asm.LoadMem(asm.R2, slotReg, approxTTL, asm.Byte))
	c.whenReg(asm.JNE, asm.R1, asm.R2, not)
	c.here(ttl)
	c.add(asm.Mov.Imm(asm.R0, 0), asm.LoadMem(asm.R3, slotReg, approxCount, asm.Word), restore(asm.R4, atHits))
	c.whenReg(asm.JLT, asm.R3, asm.R4, decided)
	c.add(asm.Mov.Imm(asm.R0, 1))
	c.whenOp(opSeconds, decided, false)
	c.add(
		asm.Sub.Reg(asm.R3, asm.R4), asm.And.Imm(asm.R3, int32(c.stamps-1)), asm.LSh.Imm(asm.R3, 3), asm.Add.Reg(asm.R3, slotReg),
		asm.LoadMem(asm.R3, asm.R3, approxStamps, asm.DWord), restore(asm.R1, atNow), restore(asm.R2, atWindow),
		asm.Sub.Reg(asm.R1, asm.R2), asm.Sub.Reg(asm.R3, asm.R1),
	)
	c.when(asm.JSGE, asm.R3, 0, decided)
	c.add(asm.Mov.Imm(asm.R0, 0))
	c.here(decided)
	end := c.label()
	c.turn()
	c.add(asm.Mov.Reg(indexReg, asm.R0))
	c.when(asm.JEq, indexReg, 0, end)
	c.whenOp(opUpdate, end, false)
	c.stampApprox()
	c.here(end)
	c.add(asm.Mov.Reg(asm.R0, indexReg), asm.Return())
}

// approxForget does what forgetFunction does.
func approxForget(g geometry) *function {
	c := newListCode(g, g.approxForgetName(), "packet", "list", "op")
	absent := c.label()
	c.enterApprox(absent)
	c.mapAddress(asm.R1, c.approxName())
	c.approxKeyIn(asm.R2)
	c.helper(asm.FnMapDeleteElem)
	c.not(asm.R0)
	c.add(asm.Xor.Imm(asm.R0, 1), asm.Return())
	c.here(absent)
	c.not(asm.R0)
	c.add(asm.Return())
	return c.function
}
