package ebpf

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"

	"github.com/cilium/ebpf/asm"
)

// The object is little-endian, as every machine is that eBPF packet filters run
// on in practice. ByteOrder is used for everything in it.
var byteOrder = binary.LittleEndian

// label is a place in a function that instructions jump to.
type label int

// symbolKind tells what an instruction refers to.
type symbolKind uint8

const (
	noSymbol symbolKind = iota
	// toFunc is a call of another function of the object, toKfunc of one of the
	// kernel's, toMap the load of a map's address, toConfig that of a value of
	// the kernel's configuration.
	toFunc
	toKfunc
	toMap
	toConfig
)

// instruction is one instruction and what is not known of it until the object
// is written.
type instruction struct {
	asm.Instruction
	// jump is the label that it jumps to, if jumps.
	jump  label
	jumps bool
	// symbol is the name that it refers to.
	kind   symbolKind
	symbol string
	// field is the kernel's field whose offset it has: a CO-RE relocation.
	field *kernelField
	// structure is the kernel's structure whose number it has: another one.
	structure string
	// line is the rule whose first instruction this is.
	line *sourceLine
}

// sourceLine is a place in an input as line info has it.
type sourceLine struct {
	file string
	line uint32
	text string
}

// function is one function of the object as it is being written. All but the
// programs themselves are global functions: the kernel verifies each of them
// once, whatever calls it.
type function struct {
	name string
	// section is the ELF section: .text for functions that are called.
	section string
	// params are the names of the arguments; the first is the packet.
	params []string
	code   []instruction
	// places has the instruction that each label stands in front of.
	places []int
	// needs is what the function reads of a packet.
	needs needs
	// frame is how many bytes of stack it uses.
	frame int16
	// pending is the rule that the next instruction begins, line the one that began last.
	pending, line *sourceLine
	// asides write what is seldom come to, at the function's end.
	asides []func()
	// hasDrop tells that some test ends the packet; drop is where.
	drop    label
	hasDrop bool
}

// label makes a label that here will place.
func (f *function) label() label {
	f.places = append(f.places, -1)
	return label(len(f.places) - 1)
}

// here places a label in front of the next instruction.
func (f *function) here(l label) { f.places[l] = len(f.code) }

// place makes a label at this place.
func (f *function) place() label {
	l := f.label()
	f.here(l)
	return l
}

// add appends instructions.
func (f *function) add(code ...asm.Instruction) {
	for _, i := range code {
		f.append(instruction{Instruction: i})
	}
}

func (f *function) append(i instruction) {
	if i.line, f.pending = f.pending, nil; i.line != nil {
		f.line = i.line
	}
	f.code = append(f.code, i)
}

// aside has code written at the function's end that is seldom come to, so that what is
// done for most packets stands together. It must end with a jump.
func (f *function) aside(write func()) {
	line := f.line
	f.asides = append(f.asides, func() {
		f.pending = line
		write()
	})
}

// writeAsides ends the function.
func (f *function) writeAsides() {
	for len(f.asides) > 0 {
		write := f.asides[0]
		f.asides = f.asides[1:]
		write()
	}
}

// goTo jumps to a label.
func (f *function) goTo(l label) {
	f.append(instruction{Instruction: asm.Ja.Label(""), jump: l, jumps: true})
}

// when jumps to a label if the register compares so with a number, all 64 bits
// of it; the number's sign is extended.
func (f *function) when(op asm.JumpOp, r asm.Register, n int32, l label) {
	f.append(instruction{Instruction: op.Imm(r, n, ""), jump: l, jumps: true})
}

// when32 compares the lower half of a register.
func (f *function) when32(op asm.JumpOp, r asm.Register, n uint32, l label) {
	f.append(instruction{Instruction: op.Imm32(r, int32(n), ""), jump: l, jumps: true})
}

// whenReg compares two registers.
func (f *function) whenReg(op asm.JumpOp, a, b asm.Register, l label) {
	f.append(instruction{Instruction: op.Reg(a, b, ""), jump: l, jumps: true})
}

// call calls a function of the object.
func (f *function) call(name string) {
	f.append(instruction{Instruction: asm.Instruction{OpCode: asm.OpCode(asm.JumpClass).SetJumpOp(asm.Call), Src: asm.PseudoCall, Constant: -1}, kind: toFunc, symbol: name})
}

// splice writes the code of another function instead of a call. What it returns is in
// R0, all other registers are lost, and its stack lies below the first bytes of this
// function's.
func (f *function) splice(g *function, below int16) {
	g.writeAsides()
	first, from := label(len(f.places)), len(f.code)
	for _, at := range g.places {
		f.places = append(f.places, at+from)
	}
	end := f.label()
	for n, i := range g.code {
		switch {
		case i.jumps:
			i.jump += first
		case i.OpCode.JumpOp() == asm.Exit && i.OpCode.Class().IsJump():
			i.Instruction, i.jump, i.jumps = asm.Ja.Label(""), end, true
		case i.inStack():
			i.Offset -= below
		case n > 0 && g.code[n-1].takesStack():
			i.Constant -= int64(below)
		}
		f.code = append(f.code, i)
	}
	f.frame = max(f.frame, below+g.frame)
	f.here(end)
}

// inStack tells whether the instruction reads or writes the stack at its offset.
func (i *instruction) inStack() bool {
	class := i.OpCode.Class()
	return class.IsLoad() && i.Src == asm.RFP || class.IsStore() && i.Dst == asm.RFP
}

// takesStack tells whether the instruction begins to take an address in the stack: what
// comes next adds the place.
func (i *instruction) takesStack() bool {
	return i.OpCode == asm.Mov.Reg(i.Dst, i.Src).OpCode && i.Src == asm.RFP
}

// kfunc calls a function of the kernel.
func (f *function) kfunc(name string) {
	f.append(instruction{Instruction: asm.Instruction{OpCode: asm.OpCode(asm.JumpClass).SetJumpOp(asm.Call), Src: asm.PseudoKfuncCall, Constant: -1}, kind: toKfunc, symbol: name})
}

// helper calls one of the numbered helpers.
func (f *function) helper(h asm.BuiltinFunc) { f.add(h.Call()) }

// mapAddress loads a map.
func (f *function) mapAddress(r asm.Register, name string) {
	f.append(instruction{Instruction: asm.LoadImm(r, 0, asm.DWord), kind: toMap, symbol: name})
}

// config loads the address of a value of the kernel's configuration.
func (f *function) config(r asm.Register, name string) {
	f.append(instruction{Instruction: asm.LoadImm(r, 0, asm.DWord), kind: toConfig, symbol: name})
}

// kernel loads a field of one of the kernel's structures.
func (f *function) kernel(dst, base asm.Register, k *kernelField) {
	f.append(instruction{Instruction: asm.LoadMem(dst, base, k.off, k.size), field: k})
}

// returns ends the function with a number.
func (f *function) returns(n int32) { f.add(asm.Mov.Imm(asm.R0, n), asm.Return()) }

// dropLabel is where a test goes that ends the packet.
func (f *function) dropLabel() label {
	if !f.hasDrop {
		f.drop, f.hasDrop = f.label(), true
	}
	return f.drop
}

// storeImm writes a number to memory. The library makes none of eight bytes.
func storeImm(dst asm.Register, off int16, n int32, size asm.Size) asm.Instruction {
	return asm.Instruction{OpCode: asm.OpCode(asm.StClass).SetMode(asm.MemMode).SetSize(size), Dst: dst, Offset: off, Constant: int64(n)}
}

// width is how many slots of eight bytes an instruction takes.
func (i *instruction) width() int {
	if i.OpCode.IsDWordLoad() {
		return 2
	}
	return 1
}

// offsets gives the slot of each instruction, and of the end.
func (f *function) offsets() []int {
	at := make([]int, len(f.code)+1)
	for i := range f.code {
		at[i+1] = at[i] + f.code[i].width()
	}
	return at
}

// resolve fills in what the jumps jump over. A jump is 16 bits wide, and the
// library cuts longer ones in silence: here they are an error.
func (f *function) resolve() error {
	at := f.offsets()
	for i := range f.code {
		ins := &f.code[i]
		if !ins.jumps {
			continue
		}
		to := f.places[ins.jump]
		if to < 0 {
			return fmt.Errorf("%s: a jump to a label without a place", f.name)
		}
		n := at[to] - at[i+1]
		if n < math.MinInt16 || n > math.MaxInt16 {
			return fmt.Errorf("%s: a jump over %d instructions is longer than 16 bits", f.name, n)
		}
		ins.Offset = int16(n)
	}
	return nil
}

// bytes is the function as the kernel takes it, but for what relocations fill in.
func (f *function) bytes() ([]byte, error) {
	if err := f.resolve(); err != nil {
		return nil, err
	}
	var b bytes.Buffer
	b.Grow(8 * len(f.code))
	for i := range f.code {
		if _, err := f.code[i].Marshal(&b, byteOrder); err != nil {
			return nil, fmt.Errorf("%s: instruction %d: %w", f.name, i, err)
		}
	}
	return b.Bytes(), nil
}
