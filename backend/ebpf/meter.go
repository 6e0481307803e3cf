package ebpf

import "github.com/cilium/ebpf/asm"

// metersName is the map of what matches with a state keep, one value a match:
//
//	struct bpf_spin_lock lock;
//	u32 ready;   whether the value is set
//	u64 value;
//	u64 before;  the moment of the last packet, in jiffies
const metersName = "meters"

const (
	meterReady  = 4
	meterValue  = 8
	meterBefore = 16
	meterSize   = 24
)

// meterFunction begins a function for one kind of meter: it keeps the third and
// the fourth argument at atHits and atWindow, and the meter in listReg.
//
//	int name(struct packet *p, u32 meter, u32 a, u32 b)
func meterFunction(name string) *function {
	f := &function{name: name, section: ".text", params: []string{"packet", "meter", "a", "b"}, frame: listRoom}
	found := f.label()
	f.add(asm.Mov.Reg(packetReg, asm.R1), asm.StoreMem(asm.RFP, atList, asm.R2, asm.Word), stored(asm.R3, atHits), stored(asm.R4, atWindow))
	lost := f.label()
	f.when(asm.JEq, packetReg, 0, lost)
	f.keyed(metersName, atList)
	f.helper(asm.FnMapLookupElem)
	f.when(asm.JNE, asm.R0, 0, found)
	f.here(lost)
	f.returns(answerDrop)
	f.here(found)
	f.add(asm.Mov.Reg(listReg, asm.R0))
	return f
}

// lock takes the meter's lock; the number in a register is the value that the
// meter begins with.
func (f *function) lock(initial asm.Register) {
	f.add(asm.Mov.Reg(asm.R9, initial), asm.Mov.Reg(asm.R1, listReg))
	f.helper(asm.FnSpinLock)
	ready := f.label()
	f.add(asm.LoadMem(asm.R1, listReg, meterReady, asm.Word))
	f.when(asm.JNE, asm.R1, 0, ready)
	f.add(storeImm(listReg, meterReady, 1, asm.Word), asm.StoreMem(listReg, meterValue, asm.R9, asm.DWord), restore(asm.R1, atNow), asm.StoreMem(listReg, meterBefore, asm.R1, asm.DWord))
	f.here(ready)
}

// answer keeps the value in R1, gives the lock back and returns the number in R0.
func (f *function) answer() {
	f.add(asm.StoreMem(listReg, meterValue, asm.R1, asm.DWord), stored(asm.R0, atAnswer), asm.Mov.Reg(asm.R1, listReg))
	f.helper(asm.FnSpinUnlock)
	f.add(restore(asm.R0, atAnswer), asm.Return())
}

// meter is a test with a state of its own.
func (t *translator) meter(name string, make func() *function, a, b uint32, whatever bool) ask {
	t.library(name, make)
	t.out.meters++
	return ask{name: name, args: []uint32{t.out.meters - 1, a, b}, whatever: whatever}
}
