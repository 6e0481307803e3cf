package ebpf

import (
	"github.com/cilium/ebpf/asm"
	"github.com/recentc/recentc/compile"
)

// The kernel's functions that give programs a packet's bytes.
const (
	kfuncFromSkb = "bpf_dynptr_from_skb"
	kfuncFromXDP = "bpf_dynptr_from_xdp"
	kfuncSlice   = "bpf_dynptr_slice"
	// kfuncCast is no call: the kernel turns it into a copy of a register, and
	// makes reads through the copy safe.
	kfuncCast = "bpf_rdonly_cast"
	// The others count, in a loop that the kernel sees the end of.
	kfuncCountNew  = "bpf_iter_num_new"
	kfuncCountNext = "bpf_iter_num_next"
	kfuncCountEnd  = "bpf_iter_num_destroy"
)

// The stack of a program: the packet, the dynptr by which it is read, room for bytes
// that do not lie in one piece, and the context.
const (
	atPacket  = -packetSize
	atDynptr  = atPacket - 16
	atBuffer  = atDynptr - 40
	atContext = atBuffer - 8
	programAt = -atContext
)

// The registers of a program, until the headers are read: the code of chains, which may
// stand in the program, uses all of them.
const (
	skbReg    = asm.R6
	stateReg  = asm.R7
	countReg  = asm.R7 // of the headers that are read
	offsetReg = asm.R8 // where the next header is
	headReg   = asm.R9 // the header at hand, or its protocol
)

// netfilterVerdicts are NF_ACCEPT and NF_DROP.
var netfilterVerdicts = verdicts{accept: 1, drop: 0}

// netfilterProgram fills in what the chain reads of a packet, calls the chain and
// returns its verdict, or the policy.
func (t *translator) netfilterProgram(name string, c *compile.Chain) *function {
	f := &function{name: name, section: "netfilter", params: []string{"bpf_nf_ctx"}, frame: programAt}
	p := program{function: f, needs: t.out.reads(t.chains[c]), family: t.prog.Family, hook: c.Hook}
	p.pending = &sourceLine{"recentc", 0, c.Table + " " + c.Name}
	f.add(asm.LoadMem(skbReg, asm.R1, 8, asm.DWord), asm.LoadMem(stateReg, asm.R1, 0, asm.DWord))
	p.clear()
	p.metadata()
	p.direct = true
	p.add(asm.Mov.Imm(offsetReg, 0))
	p.headers()
	t.run(&p, c, t.chains[c])
	p.end(netfilterVerdicts)
	return f
}

// metadata fills in what the kernel knows of the packet beside its bytes.
func (p *program) metadata() {
	p.kernel(asm.R1, skbReg, skbLen)
	p.put(fieldBytes, asm.R1)
	if p.needs&needMark != 0 {
		p.kernel(asm.R1, skbReg, skbMark)
		p.put(fieldMark, asm.R1)
	}
	if p.needs&needIn != 0 {
		p.kernel(asm.R1, stateReg, stateIn)
		p.device(fieldIn)
	}
	if p.needs&needOut != 0 {
		p.kernel(asm.R1, stateReg, stateOut)
		p.device(fieldOut)
	}
	if p.needs&needState != 0 {
		p.state()
	}
	if p.needs&needMAC != 0 {
		p.mac()
	}
	if p.needs&needTTL != 0 {
		p.forwarded()
	}
}

// device copies the name of the device in R1. Where there is none, reads give
// zeros: the kernel makes reads through such pointers safe.
func (p *program) device(d field) {
	p.kernel(asm.R2, asm.R1, devName)
	p.put(d, asm.R2)
	p.kernel(asm.R2, asm.R1, devName8)
	p.put(d.at(1), asm.R2)
}

// ctStates has the state of each number that the kernel has for a packet's place
// in its connection (enum ip_conntrack_info), four bits each: established,
// related, new, and the first two again in the reply direction.
const ctStates = 4 | 8<<4 | 2<<8 | 4<<12 | 8<<16 | 2<<20

// state derives the connection's state from the packet's reference to it, whose
// last three bits are the packet's place in it.
func (p *program) state() {
	none, untracked, done := p.label(), p.label(), p.label()
	p.kernel(asm.R1, skbReg, skbConn)
	p.add(asm.Mov.Reg(asm.R2, asm.R1), asm.And.Imm(asm.R2, 7), asm.And.Imm(asm.R1, -8))
	p.when(asm.JEq, asm.R1, 0, none)
	p.add(asm.LSh.Imm(asm.R2, 2), asm.Mov.Imm(asm.R1, ctStates), asm.RSh.Reg(asm.R1, asm.R2), asm.And.Imm(asm.R1, 15))
	p.goTo(done)
	p.here(none)
	p.when(asm.JEq, asm.R2, 7, untracked)
	p.add(asm.Mov.Imm(asm.R1, int32(compile.CtInvalid)))
	p.goTo(done)
	p.here(untracked)
	p.add(asm.Mov.Imm(asm.R1, int32(compile.CtUntracked)))
	p.here(done)
	p.put(fieldState, asm.R1)
}

// forwarded adds the one that forwarding takes off the TTL: where the packet has
// an outgoing device and was not made in this network namespace.
func (p *program) forwarded() {
	if p.hook == compile.Input || p.hook == compile.Prerouting {
		return
	}
	own, add := p.label(), p.label()
	p.kernel(asm.R1, stateReg, stateOut)
	p.when(asm.JEq, asm.R1, 0, own)
	p.kernel(asm.R1, skbReg, skbSock)
	p.when(asm.JEq, asm.R1, 0, add)
	p.kernel(asm.R1, asm.R1, sockNet)
	p.kernel(asm.R2, stateReg, stateNet)
	p.whenReg(asm.JEq, asm.R1, asm.R2, own)
	p.here(add)
	p.add(storeImm(asm.RFP, atPacket+fieldSeenTTL.off, 1, asm.Byte))
	p.here(own)
}

// etherDevice is ARPHRD_ETHER, etherHeader the length of an Ethernet header.
const (
	etherDevice = 1
	etherHeader = 14
)

// mac copies the source of the Ethernet header, if there is one in front of the
// packet. It is not among the bytes that programs are given.
func (p *program) mac() {
	none := p.label()
	p.kernel(asm.R1, skbReg, skbDev)
	p.when(asm.JEq, asm.R1, 0, none)
	p.kernel(asm.R1, asm.R1, devType)
	p.when(asm.JNE, asm.R1, etherDevice, none)
	p.kernel(asm.R3, skbReg, skbHead)
	p.kernel(asm.R1, skbReg, skbMACHeader)
	p.add(asm.Add.Reg(asm.R3, asm.R1), asm.Mov.Reg(asm.R1, asm.R3), asm.Add.Imm(asm.R1, etherHeader))
	p.kernel(asm.R2, skbReg, skbData)
	p.whenReg(asm.JGT, asm.R1, asm.R2, none)
	p.add(
		asm.Add.Imm(asm.R3, 6), asm.Mov.Reg(asm.R1, asm.RFP), asm.Add.Imm(asm.R1, int32(atPacket+fieldMAC.off)), asm.Mov.Imm(asm.R2, 6),
	)
	p.helper(asm.FnProbeReadKernel)
	p.when(asm.JNE, asm.R0, 0, none)
	p.add(storeImm(asm.RFP, atPacket+fieldHasMAC.off, 1, asm.Byte))
	p.here(none)
}
