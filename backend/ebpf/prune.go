package ebpf

import "github.com/cilium/ebpf/asm"

// prune takes out instructions that nothing comes to, such as what stands behind
// a test that never holds: the kernel refuses a program that has some. Jumps to what is
// next anyway go too.
func (f *function) prune() {
	f.writeAsides()
	f.keep(f.reached())
	f.keep(f.leading())
}

// leading tells of each instruction whether it does something.
func (f *function) leading() []bool {
	out := make([]bool, len(f.code))
	for i := range f.code {
		ins := &f.code[i]
		out[i] = !ins.jumps || ins.OpCode.JumpOp() != asm.Ja || f.places[ins.jump] != i+1 || ins.line != nil
	}
	return out
}

// keep takes out all instructions but those told.
func (f *function) keep(wanted []bool) {
	moved := make([]int, len(f.code)+1)
	kept := f.code[:0:0]
	for i := range f.code {
		moved[i] = len(kept)
		if wanted[i] {
			kept = append(kept, f.code[i])
		}
	}
	moved[len(f.code)] = len(kept)
	for i, at := range f.places {
		if at >= 0 {
			f.places[i] = moved[at]
		}
	}
	f.code = kept
}

// reached tells of each instruction whether something comes to it.
func (f *function) reached() []bool {
	reached := make([]bool, len(f.code))
	todo := []int{0}
	for len(todo) > 0 {
		i := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		for i < len(f.code) && !reached[i] {
			reached[i] = true
			ins := &f.code[i]
			if ins.jumps {
				todo = append(todo, f.places[ins.jump])
			}
			if ins.ends() {
				break
			}
			i++
		}
	}
	return reached
}

// ends tells whether what follows the instruction is not next.
func (i *instruction) ends() bool {
	op := i.OpCode.JumpOp()
	return i.OpCode.Class().IsJump() && (op == asm.Exit || op == asm.Ja)
}
