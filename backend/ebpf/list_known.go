package ebpf

import (
	"github.com/cilium/ebpf/asm"
	"github.com/recentc/recentc/compile"
)

// The code of lists is either that of a function, which is asked for anything, or stands
// in a rule, where all but the packet is known: no call, and no test of what is asked.

// knownCall is what is known of a call whose code stands in a rule.
type knownCall struct {
	op, hits, seconds uint32
	// ipv4 tells that the address is of IPv4.
	ipv4 bool
	// end is behind the code.
	end label
}

// key is where in the packet the address is.
func (k *knownCall) key() int16 { return int16(k.op & keyAt) }

// placed is the test of a match whose code stands in the rule.
type placed struct {
	list *list
	knownCall
	hz uint32
}

func (p placed) write(f *function, no label) {
	p.call(f)
	if p.op&opSeen != 0 {
		f.when(asm.JEq, asm.R0, answerNo, no)
	}
}

// call leaves the answer in R0.
func (p placed) call(f *function) {
	f.frame = max(f.frame, listRoom)
	p.end = f.label()
	c := &listCode{geometry: p.list.geometry, function: f, known: &p.knownCall, broken: f.label()}
	c.needs |= needTTL
	c.moment(p.hz)
	c.add(storeImm(asm.RFP, atList, int32(p.list.key), asm.Word))
	c.open(c.label())
	c.recordOrAsk()
	c.here(p.end)
}

// fewListSteps is how many there are at most in all rules for their code to stand in
// them. It is some two hundred instructions long, and the kernel follows every way
// through it again for each.
const fewListSteps = 32

// inPlace tells whether the code of list steps stands in the rules of the chain at hand:
// in one with a hook alone, which adds to no other's stack.
func (t *translator) inPlace() bool {
	return t.listSteps <= fewListSteps && t.chain.Hook != compile.NoHook && !t.opts.Approximate
}

// moment keeps the moment, and the window.
func (c *listCode) moment(hz uint32) {
	if c.may(opSeconds | opReap) {
		c.add(asm.Mov.Imm32(asm.R1, int32(c.known.seconds)))
		c.window(asm.R1, hz)
	}
	c.helper(asm.FnJiffies64)
	c.add(stored(asm.R0, atNow))
}

// may tells whether one of the bits of the operation can be set.
func (c *listCode) may(bits uint32) bool { return c.known == nil || c.known.op&bits != 0 }

// whenOp goes to a label if a bit of the operation is set, or is not.
func (c *listCode) whenOp(bit int32, l label, set bool) {
	if c.known != nil {
		if (c.known.op&uint32(bit) != 0) == set {
			c.goTo(l)
		}
		return
	}
	c.add(asm.Mov.Reg(asm.R1, opReg), asm.And.Imm(asm.R1, bit))
	if set {
		c.when(asm.JNE, asm.R1, 0, l)
	} else {
		c.when(asm.JEq, asm.R1, 0, l)
	}
}

// not loads 1 if the answer is to be turned round, and 0 if not.
func (c *listCode) not(r asm.Register) {
	if c.known != nil {
		c.add(asm.Mov.Imm(r, int32(c.known.op&opNot)))
		return
	}
	c.add(asm.Mov.Reg(r, opReg), asm.And.Imm(r, opNot))
}

// turn turns the answer in R0 round if it is to be. It needs R1.
func (c *listCode) turn() {
	if !c.may(opNot) {
		return
	}
	c.not(asm.R1)
	c.add(asm.Xor.Reg(asm.R0, asm.R1))
}

// addr loads eight bytes of the address, addrWord four.
func (c *listCode) addr(r asm.Register, at int16) {
	if c.known != nil {
		c.add(asm.LoadMem(r, packetReg, c.known.key()+at, asm.DWord))
		return
	}
	c.add(restore(r, atAddr+at))
}

func (c *listCode) addrWord(r asm.Register, at int16) {
	if c.known != nil {
		c.add(asm.LoadMem(r, packetReg, c.known.key()+at, asm.Word))
		return
	}
	c.add(asm.LoadMem(r, asm.RFP, atAddr+at, asm.Word))
}

// family loads the number of the address's family.
func (c *listCode) family(r asm.Register) {
	switch {
	case c.known == nil:
		c.add(restore(r, atFamily))
	case c.known.ipv4:
		c.add(asm.Mov.Imm(r, family4))
	default:
		c.add(asm.Mov.Imm(r, family6))
	}
}

// whenIPv4 goes to a label if the address is of IPv4. It needs R2.
func (c *listCode) whenIPv4(l label) {
	switch {
	case c.known == nil:
		c.add(restore(asm.R2, atFamily))
		c.when(asm.JEq, asm.R2, family4, l)
	case c.known.ipv4:
		c.goTo(l)
	}
}

// ttl loads the packet's TTL.
func (c *listCode) ttl(r asm.Register) {
	if c.known != nil {
		c.add(asm.LoadMem(r, packetReg, fieldSeenTTL.off, asm.Byte))
		return
	}
	c.add(restore(r, atTTL))
}

// hits loads the number of stamps that are enough.
func (c *listCode) hits(r asm.Register) {
	if c.known != nil {
		c.add(asm.Mov.Imm32(r, int32(c.known.hits)))
		return
	}
	c.add(restore(r, atHits))
}

// answer goes on with the number in R0.
func (c *listCode) answer() {
	if c.known != nil {
		c.goTo(c.known.end)
		return
	}
	c.add(asm.Return())
}

// returns answers a number; a drop ends the packet.
func (c *listCode) returns(n int32) {
	if c.known != nil && n == answerDrop {
		c.goTo(c.dropLabel())
		return
	}
	c.add(asm.Mov.Imm(asm.R0, n))
	c.answer()
}
