package ebpf

import (
	"fmt"
	"strings"
)

// What the kernel takes of one program.
const (
	// maxFunctions is BPF_MAX_SUBPROGS.
	maxFunctions = 256
	// maxDepth is MAX_CALL_FRAMES: how deep functions call each other.
	maxDepth = 8
	// maxStack is what all frames of a call may use together, each rounded up.
	maxStack  = 512
	frameUnit = 32
	// maxVerified is how many instructions the kernel looks at while it follows all
	// ways through a program (BPF_COMPLEXITY_LIMIT_INSNS).
	maxVerified = 1000000
)

// perInstruction is how often the kernel looks at an instruction of a rule, at
// most, perList what it looks at for the functions of one shape of lists, and perPlaced
// for the code of a match that stands in a rule: measured, with room.
const (
	perInstruction = 3
	perList        = 20000
	perPlaced      = 6000
)

// checkSize reports what the kernel would refuse, before it does.
func (t *translator) checkSize() {
	t.out.rules = uint32(len(t.result.Rules))
	for _, p := range t.result.Programs {
		m := measure{object: t.out, depth: map[string]frames{}}
		deepest := m.frames(p.Name)
		if len(m.depth) > maxFunctions {
			t.tooLarge(fmt.Sprintf("%s needs %d functions, one for each chain and each 6000 instructions; %d are possible.", p.Name, len(m.depth), maxFunctions))
		}
		if n := m.verified(); n > maxVerified {
			t.tooLarge(fmt.Sprintf("The kernel would look at about %d instructions of %s before it runs; %d are possible.", n, p.Name, maxVerified))
		}
		if deepest.count > maxDepth || deepest.stack > maxStack {
			t.tooLarge(fmt.Sprintf("%s calls functions %d deep; %d are possible: %s.", p.Name, deepest.count, maxDepth, strings.Join(m.path(p.Name), ", ")))
		}
	}
}

// measure finds the deepest call.
type measure struct {
	*object
	depth map[string]frames
}

// frames are those of the deepest call from a function.
type frames struct {
	count, stack int
	// next is the function that it goes on with.
	next string
}

func (m *measure) frames(name string) frames {
	if d, ok := m.depth[name]; ok {
		return d
	}
	f := m.function(name)
	var deepest frames
	m.depth[name] = deepest // chains that call each other in a circle are an error of the rules
	if f == nil {
		return deepest
	}
	for i := range f.code {
		if f.code[i].kind != toFunc {
			continue
		}
		d := m.frames(f.code[i].symbol)
		if d.count > deepest.count {
			deepest.count, deepest.next = d.count, f.code[i].symbol
		}
		deepest.stack = max(deepest.stack, d.stack)
	}
	deepest.count++
	deepest.stack += (int(max(f.frame, 1)) + frameUnit - 1) / frameUnit * frameUnit
	m.depth[name] = deepest
	return deepest
}

// verified estimates how many instructions the kernel looks at.
func (m *measure) verified() (n int) {
	n = perPlaced * m.placed
	for name := range m.depth {
		switch f := m.function(name); {
		case m.library[name] != nil:
			n += perList
		case f != nil:
			n += perInstruction * len(f.code)
		}
	}
	return n
}

func (m *measure) path(name string) (names []string) {
	for ; name != ""; name = m.depth[name].next {
		names = append(names, name)
	}
	return names
}
