package ebpf

import (
	"github.com/cilium/ebpf/asm"
	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/compile"
)

// protocol compares the protocol. An IPv6 packet whose headers cannot be followed
// is dropped, as ip6tables does.
func (t *translator) protocol(p *compile.Protocol) tests {
	same := equal(fieldProto, uint32(p.Number), p.Not)
	if t.prog.Family == ast.IPv6 {
		return tests{unbroken{}, same}
	}
	return tests{same}
}

// unbroken drops packets whose protocol could not be found.
type unbroken struct{}

func (unbroken) write(f *function, _ label) {
	f.load(scratch, fieldBroken)
	f.when32(asm.JNE, scratch, 0, f.dropLabel())
}
