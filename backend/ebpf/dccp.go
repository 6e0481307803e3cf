package ebpf

import (
	"slices"

	"github.com/cilium/ebpf/asm"
	"github.com/recentc/recentc/compile"
)

func (t *translator) dccp(m *compile.DCCP) tests {
	ts := slices.Concat(tests{header{bytes: 12}}, ports(m.Source, m.Dest))
	if m.Types != nil {
		ts = append(ts, dccpTypes{uint32(m.Types.Mask), m.Types.Not})
	}
	return ts
}

// dccpTypes tests that a packet's type is in a set of types.
type dccpTypes struct {
	mask uint32
	not  bool
}

func (d dccpTypes) write(f *function, no label) {
	f.load(scratch, fieldFlags)
	f.add(asm.RSh.Imm(scratch, 1), asm.And.Imm(scratch, 15), asm.Mov.Imm(scratch2, 1), asm.LSh.Reg(scratch2, scratch), asm.And.Imm(scratch2, int32(d.mask)))
	if d.not {
		f.when(asm.JNE, scratch2, 0, no)
	} else {
		f.when(asm.JEq, scratch2, 0, no)
	}
}
