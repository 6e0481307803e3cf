package ebpf

import "github.com/cilium/ebpf/asm"

// countersName is the map of the rules' counters, two numbers a rule and CPU:
// packets and bytes.
const (
	countersName = "counters"
	countersSize = 16
)

const countName = "count"

// countFunction counts a packet for a rule.
//
//	int count(struct packet *p, u32 rule)
func countFunction() *function {
	f := &function{name: countName, section: ".text", params: []string{"packet", "rule"}, frame: 8}
	end := f.label()
	f.add(asm.Mov.Reg(packetReg, asm.R1))
	f.when(asm.JEq, packetReg, 0, end)
	f.add(asm.StoreMem(asm.RFP, atList, asm.R2, asm.Word))
	f.keyed(countersName, atList)
	f.helper(asm.FnMapLookupElem)
	f.when(asm.JEq, asm.R0, 0, end)
	f.add(
		asm.LoadMem(asm.R1, asm.R0, 0, asm.DWord), asm.Add.Imm(asm.R1, 1), asm.StoreMem(asm.R0, 0, asm.R1, asm.DWord),
		asm.LoadMem(asm.R2, packetReg, fieldBytes.off, asm.Word), asm.LoadMem(asm.R1, asm.R0, 8, asm.DWord),
		asm.Add.Reg(asm.R1, asm.R2), asm.StoreMem(asm.R0, 8, asm.R1, asm.DWord),
	)
	f.here(end)
	f.returns(0)
	return f
}
