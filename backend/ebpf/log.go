package ebpf

import (
	"github.com/cilium/ebpf/asm"
	"github.com/recentc/recentc/compile"
)

// eventsName is the ring buffer of what LOG and NFLOG say, eventsSize its size in
// bytes. An event is the packet as programs know it, with the rule's number.
const (
	eventsName = "events"
	eventsSize = 1 << 18
)

// logName is the function that writes an event.
const logName = "event"

// logged is what an event tells.
const logged = needProto | needL4 | needIn | needOut | needMark | needHops | needTOS | needLength

func (t *translator) log(f *function, _ *compile.Log, rule uint32) { t.event(f, rule) }

func (t *translator) event(f *function, rule uint32) {
	t.library(logName, logFunction)
	t.out.events = true
	f.needs |= logged &^ t.at.missing()
	f.add(asm.Mov.Reg(asm.R1, packetReg), asm.Mov.Imm(asm.R2, int32(rule)))
	f.call(logName)
}

// logFunction writes an event; one that does not fit is lost, as with LOG.
//
//	int event(struct packet *p, u32 rule)
func logFunction() *function {
	f := &function{name: logName, section: ".text", params: []string{"packet", "rule"}}
	end := f.label()
	f.when(asm.JEq, asm.R1, 0, end)
	f.add(asm.StoreMem(asm.R1, fieldRule.off, asm.R2, asm.Word), asm.Mov.Reg(asm.R2, asm.R1))
	f.mapAddress(asm.R1, eventsName)
	f.add(asm.Mov.Imm(asm.R3, packetSize), asm.Mov.Imm(asm.R4, 0))
	f.helper(asm.FnRingbufOutput)
	f.here(end)
	f.returns(0)
	return f
}
