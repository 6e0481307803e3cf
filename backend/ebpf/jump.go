package ebpf

import (
	"github.com/cilium/ebpf/asm"
	"github.com/recentc/recentc/compile"
)

// jump calls a chain. What leaves the chain comes back to the next rule; behind
// a goto it leaves this chain too.
func (t *translator) jump(f *function, j *compile.Jump, _ uint32) {
	f.add(asm.Mov.Reg(asm.R1, packetReg))
	f.call(t.chains[t.findChain(t.chain.Table, j.Chain)])
	if j.Goto {
		f.add(asm.Or.Imm(asm.R0, verdictLeave), asm.Return())
		return
	}
	next := f.label()
	f.add(asm.And.Imm(asm.R0, verdictMask))
	f.when(asm.JEq, asm.R0, 0, next)
	f.add(asm.Return())
	f.here(next)
}
