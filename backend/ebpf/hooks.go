package ebpf

import (
	"fmt"

	"github.com/recentc/recentc/compile"
)

// hookProgram writes the program that stands at a netfilter hook for a chain.
func (t *translator) hookProgram(c *compile.Chain) {
	if c.Table == "nat" {
		return // its rules have been refused, and its policy is to accept
	}
	name := t.takeName(fmt.Sprintf("%s_%s_%v", familyName(t.prog.Family), c.Table, c.Hook))
	t.result.Programs = append(t.result.Programs, Program{name, t.prog.Family, c.Hook, c.Table, int32(compile.Priority(c.Table, c.Hook)), c.Drop})
	t.out.add(t.netfilterProgram(name, c))
}

// reads is what a function and all that it calls read of a packet.
func (o *object) reads(name string) needs {
	var n needs
	seen := map[string]bool{}
	var visit func(name string)
	visit = func(name string) {
		if seen[name] {
			return
		}
		seen[name] = true
		f := o.function(name)
		if f == nil {
			return
		}
		n |= f.needs
		for i := range f.code {
			if f.code[i].kind == toFunc {
				visit(f.code[i].symbol)
			}
		}
	}
	visit(name)
	return n
}
