package ebpf

import (
	"github.com/cilium/ebpf/asm"
	"github.com/recentc/recentc/compile"
)

// countersName is the map of the rules' counters, two numbers a rule and CPU:
// packets and bytes.
const (
	countersName = "counters"
	countersSize = 16
)

const countName = "count"

// fewRules is how many rules all programs have at most for each to count packets where
// it stands: a call takes longer than that, and code is short where there are few.
const fewRules = 250

// countRules counts rules, and in them what they do with lists.
func (t *translator) countRules(programs []*compile.Program) {
	for _, p := range programs {
		for _, c := range p.Chains {
			t.rules += len(c.Rules)
			for _, r := range c.Rules {
				for _, s := range r.Steps {
					if s.Kind() == compile.ListStep {
						t.listSteps++
					}
				}
			}
		}
	}
}

// count counts a packet for a rule.
func (t *translator) count(f *function, rule uint32) {
	if t.rules <= fewRules {
		f.add(storeImm(packetReg, fieldRule.off, int32(rule), asm.Word))
		f.countPacket()
		return
	}
	f.add(asm.Mov.Reg(asm.R1, packetReg), asm.Mov.Imm(asm.R2, int32(rule)))
	t.library(countName, countFunction)
	f.call(countName)
}

// countPacket counts a packet for the rule whose number stands in it.
func (f *function) countPacket() {
	end := f.label()
	f.mapAddress(asm.R1, countersName)
	f.add(asm.Mov.Reg(asm.R2, packetReg), asm.Add.Imm(asm.R2, int32(fieldRule.off)))
	f.helper(asm.FnMapLookupElem)
	f.when(asm.JEq, asm.R0, 0, end)
	f.add(
		asm.LoadMem(asm.R1, asm.R0, 0, asm.DWord), asm.Add.Imm(asm.R1, 1), asm.StoreMem(asm.R0, 0, asm.R1, asm.DWord),
		asm.LoadMem(asm.R2, packetReg, fieldBytes.off, asm.Word), asm.LoadMem(asm.R1, asm.R0, 8, asm.DWord),
		asm.Add.Reg(asm.R1, asm.R2), asm.StoreMem(asm.R0, 8, asm.R1, asm.DWord),
	)
	f.here(end)
}

// countFunction counts a packet for a rule.
//
//	int count(struct packet *p, u32 rule)
func countFunction() *function {
	f := &function{name: countName, section: ".text", params: []string{"packet", "rule"}}
	end := f.label()
	f.add(asm.Mov.Reg(packetReg, asm.R1))
	f.when(asm.JEq, packetReg, 0, end)
	f.add(asm.StoreMem(packetReg, fieldRule.off, asm.R2, asm.Word))
	f.countPacket()
	f.here(end)
	f.returns(0)
	return f
}
