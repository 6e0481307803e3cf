package ebpf

import "github.com/cilium/ebpf/asm"

// What the functions for lists are asked to do, in the bits of one argument. The
// bits keyAt are where in the packet the address stands.
const (
	opNot = 1 << iota
	opRecord
	opSeen
	opUpdate
	keyDst // the offset of fieldDst
	keyMask
	opTTL
	opReap
	opSeconds
	keyAt = keyDst | keyMask
)

// What they answer; other functions too.
const (
	answerNo   = 0
	answerYes  = 1
	answerDrop = 2
)

// The stack of the functions for lists.
const (
	atList   = -4
	atHits   = -16
	atWindow = -24
	atNow    = -32
	atAddr   = -48
	atFamily = -56
	atTTL    = -64
	atBucket = -72
	atEdge   = -80
	atAnswer = -88
	atTries  = -96 // of lock.go
	listRoom = 96
)

// The registers of the functions for lists.
const (
	slotReg  = asm.R8 // the slot at hand
	indexReg = asm.R9 // its number
	listReg  = asm.R7 // the list
	opReg    = asm.R6 // what to do, unless that is known
)

// listCode writes the functions for the lists of one shape.
type listCode struct {
	geometry
	*function
	// known is what is known of a call whose code stands in a rule; nil is code of a
	// function, which is asked for anything.
	known *knownCall
	// broken is where a number goes that no slot has. It does not happen; the
	// verifier wants to see that it would do no harm.
	broken label
}

func newListCode(g geometry, name string, params ...string) *listCode {
	c := &listCode{geometry: g, function: &function{name: name, section: ".text", params: params, frame: listRoom}}
	c.broken = c.label()
	return c
}

func stored(r asm.Register, at int16) asm.Instruction  { return asm.StoreMem(asm.RFP, at, r, asm.DWord) }
func restore(r asm.Register, at int16) asm.Instruction { return asm.LoadMem(r, asm.RFP, at, asm.DWord) }

// enter takes the list, finds the address of the packet and takes the lock.
// Arguments are packet, list and operation. Every number that it returns without
// a list is a drop.
func (c *listCode) enter() {
	lost := c.label()
	c.when(asm.JEq, asm.R1, 0, lost)
	c.add(asm.StoreMem(asm.RFP, atList, asm.R2, asm.Word), asm.Mov.Reg(opReg, asm.R3))
	c.takeKey()
	c.open(lost)
}

// open finds the list and takes its lock. Where that is not possible, the packet is
// dropped.
func (c *listCode) open(lost label) {
	c.find(lost)
	c.ready(lost)
	c.lock(lost)
	c.aside(func() {
		c.here(lost)
		c.returns(answerDrop)
	})
}

// takeKey copies what is needed of the packet, which is in R1.
func (c *listCode) takeKey() {
	c.needs |= needTTL
	c.add(
		asm.LoadMem(asm.R0, asm.R1, fieldFamily.off, asm.Byte), stored(asm.R0, atFamily),
		asm.LoadMem(asm.R0, asm.R1, fieldSeenTTL.off, asm.Byte), stored(asm.R0, atTTL),
		asm.Mov.Reg(asm.R0, opReg), asm.And.Imm(asm.R0, keyAt), asm.Add.Reg(asm.R1, asm.R0),
		asm.LoadMem(asm.R0, asm.R1, 0, asm.DWord), stored(asm.R0, atAddr),
		asm.LoadMem(asm.R0, asm.R1, 8, asm.DWord), stored(asm.R0, atAddr+8),
	)
}

// find looks the list up.
func (c *listCode) find(lost label) {
	c.keyed(c.mapName(), atList)
	c.helper(asm.FnMapLookupElem)
	c.when(asm.JEq, asm.R0, 0, lost)
	c.add(asm.Mov.Reg(listReg, asm.R0))
}

// ready gives the list its seeds, the first time.
func (c *listCode) ready(lost label) {
	seeded := c.label()
	c.add(asm.LoadMem(asm.R1, listReg, listSeeded, asm.Word))
	c.when(asm.JNE, asm.R1, 0, seeded)
	c.add(asm.LoadMem(asm.R1, asm.RFP, atList, asm.Word))
	c.call(c.seedName())
	c.when(asm.JEq, asm.R0, answerDrop, lost)
	c.here(seeded)
}

// leave gives the lock back and returns what is in R0.
func (c *listCode) leave() {
	if c.word {
		c.unlock()
	} else {
		c.add(stored(asm.R0, atAnswer))
		c.unlock()
		c.add(restore(asm.R0, atAnswer))
	}
	c.answer()
}

// leaveWith gives the lock back and returns a number.
func (c *listCode) leaveWith(n int32) {
	c.unlock()
	c.returns(n)
}

// lookup walks the address's hash chain. Behind it, slotReg and indexReg are its
// slot; at absent, R0 is how long the chain is, and atBucket its number.
func (c *listCode) lookup(absent label) {
	c.hash()
	c.add(asm.And.Imm(asm.R1, int32(c.buckets()-1)), stored(asm.R1, atBucket))
	c.bucket(c.function, asm.R1, listReg)
	c.add(asm.LoadMem(indexReg, asm.R1, 0, asm.Word), asm.Mov.Imm(asm.R0, 0))
	c.addr(asm.R3, 0)
	short := c.known != nil && c.known.ipv4 // the family tells of the rest
	if !short {
		c.addr(asm.R4, 8)
	}
	c.family(asm.R5)
	walk, next := c.place(), c.label()
	c.when(asm.JEq, indexReg, 0, absent)
	c.slot(c.function, slotReg, indexReg, listReg, c.broken)
	c.add(asm.LoadMem(asm.R1, slotReg, slotAddr, asm.DWord))
	c.whenReg(asm.JNE, asm.R1, asm.R3, next)
	if !short {
		c.add(asm.LoadMem(asm.R1, slotReg, slotAddr+8, asm.DWord))
		c.whenReg(asm.JNE, asm.R1, asm.R4, next)
	}
	c.add(asm.LoadMem(asm.R1, slotReg, slotFamily, asm.Byte))
	c.whenReg(asm.JNE, asm.R1, asm.R5, next)
	c.aside(func() {
		c.here(next)
		c.add(asm.LoadMem(indexReg, slotReg, slotHNext, asm.Word), asm.Add.Imm(asm.R0, 1))
		c.when(asm.JLT, asm.R0, chainBound, walk)
		c.goTo(absent)
	})
}

// hash computes a number in R1 from the address: the upper half of a sum of its
// words, each multiplied with a secret number of 64 bits. For any two addresses
// the chance of one chain is that of a random choice, whoever chooses them
// without knowing the secrets.
func (c *listCode) hash() {
	sum := c.label()
	c.addrWord(asm.R1, 0)
	c.add(asm.LoadMem(asm.R2, listReg, listSeed, asm.DWord), asm.Mul.Reg(asm.R1, asm.R2))
	c.whenIPv4(sum)
	for i := int16(1); i < 4; i++ {
		c.addrWord(asm.R2, 4*i)
		c.add(asm.LoadMem(asm.R3, listReg, listSeed+8*i, asm.DWord), asm.Mul.Reg(asm.R2, asm.R3), asm.Add.Reg(asm.R1, asm.R2))
	}
	c.here(sum)
	c.add(asm.LoadMem(asm.R2, listReg, listSeed+8*4, asm.DWord), asm.Add.Reg(asm.R1, asm.R2), asm.RSh.Imm(asm.R1, 32))
}

// stamp records the moment in the slot, with the packet's TTL.
func (c *listCode) stamp() {
	kept := c.label()
	c.add(
		asm.LoadMem(asm.R1, slotReg, slotIndex, asm.Half), asm.And.Imm(asm.R1, int32(c.stamps-1)),
		asm.Mov.Reg(asm.R2, asm.R1), asm.LSh.Imm(asm.R2, 3), asm.Add.Reg(asm.R2, slotReg),
		restore(asm.R3, atNow), asm.StoreMem(asm.R2, slotStamps, asm.R3, asm.DWord),
		asm.Add.Imm(asm.R1, 1), asm.And.Imm(asm.R1, 0xffff), asm.StoreMem(slotReg, slotIndex, asm.R1, asm.Half),
		asm.LoadMem(asm.R2, slotReg, slotNStamps, asm.Half),
	)
	c.whenReg(asm.JLE, asm.R1, asm.R2, kept)
	c.add(asm.StoreMem(slotReg, slotNStamps, asm.R1, asm.Half))
	c.here(kept)
	c.ttl(asm.R1)
	c.add(asm.StoreMem(slotReg, slotTTL, asm.R1, asm.Byte))
}

// refresh makes the slot the one written last.
func (c *listCode) refresh() {
	youngest := c.label()
	c.add(asm.LoadMem(asm.R1, slotReg, slotNext, asm.Word))
	c.when(asm.JEq, asm.R1, 0, youngest)
	c.takeOut(slotReg)
	c.putLast()
	c.here(youngest)
}

// takeOut takes a slot out of the order of writing. It needs R1 to R4.
func (c *listCode) takeOut(at asm.Register) {
	c.add(asm.LoadMem(asm.R1, at, slotNext, asm.Word), asm.LoadMem(asm.R2, at, slotPrev, asm.Word))
	c.slot(c.function, asm.R3, asm.R1, listReg, c.broken)
	c.slot(c.function, asm.R4, asm.R2, listReg, c.broken)
	c.add(asm.StoreMem(asm.R3, slotPrev, asm.R2, asm.Word), asm.StoreMem(asm.R4, slotNext, asm.R1, asm.Word))
}

// putLast puts the slot at the young end. It needs R1 and R2.
func (c *listCode) putLast() {
	c.add(asm.LoadMem(asm.R1, listReg, listSlots+slotPrev, asm.Word))
	c.slot(c.function, asm.R2, asm.R1, listReg, c.broken)
	c.add(
		asm.StoreMem(asm.R2, slotNext, indexReg, asm.Word), asm.StoreMem(slotReg, slotPrev, asm.R1, asm.Word),
		storeImm(slotReg, slotNext, 0, asm.Word), asm.StoreMem(listReg, listSlots+slotPrev, indexReg, asm.Word),
	)
}

// unchain takes the slot at a register out of its hash chain. It needs R1 to R3.
func (c *listCode) unchain(at asm.Register) {
	first, last, end := c.label(), c.label(), c.label()
	c.add(asm.LoadMem(asm.R1, at, slotHNext, asm.Word), asm.LoadMem(asm.R2, at, slotHPrev, asm.Word))
	c.when(asm.JEq, asm.R2, 0, first)
	c.slot(c.function, asm.R3, asm.R2, listReg, c.broken)
	c.add(asm.StoreMem(asm.R3, slotHNext, asm.R1, asm.Word))
	c.goTo(last)
	c.here(first)
	c.add(asm.LoadMem(asm.R3, at, slotBucket, asm.Word))
	c.bucket(c.function, asm.R3, listReg)
	c.add(asm.StoreMem(asm.R3, 0, asm.R1, asm.Word))
	c.here(last)
	c.when(asm.JEq, asm.R1, 0, end)
	c.slot(c.function, asm.R3, asm.R1, listReg, c.broken)
	c.add(asm.StoreMem(asm.R3, slotHPrev, asm.R2, asm.Word))
	c.here(end)
}

// remove makes the slot at a register, whose number is in another one, free. It
// needs R1 to R4; at and number must be others.
func (c *listCode) remove(at, number asm.Register) {
	c.unchain(at)
	c.takeOut(at)
	c.add(
		asm.LoadMem(asm.R1, listReg, listFree, asm.Word), asm.StoreMem(at, slotHNext, asm.R1, asm.Word),
		asm.StoreMem(listReg, listFree, number, asm.Word),
		asm.LoadMem(asm.R1, listReg, listCount, asm.Word), asm.Sub.Imm(asm.R1, 1), asm.StoreMem(listReg, listCount, asm.R1, asm.Word),
	)
}
