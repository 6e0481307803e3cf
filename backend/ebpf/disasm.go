package ebpf

import (
	"fmt"

	"github.com/cilium/ebpf/asm"
)

// text writes an instruction as the verifier and bpftool do. Jumps name the
// instruction that they go to, counted in slots of eight bytes; at is the slot
// behind this one.
func (i *instruction) text(at int) string {
	class := i.OpCode.Class()
	switch {
	case i.OpCode.IsDWordLoad():
		return fmt.Sprintf("%s = %s", reg(i.Dst), i.loaded())
	case class.IsALU():
		return i.alu()
	case class.IsJump():
		return i.branch(at)
	case class.IsLoad():
		return fmt.Sprintf("%s = *(%s *)(%s %+d)%s", reg(i.Dst), memory[i.OpCode.Size()], reg(i.Src), i.Offset, i.fieldNote())
	case i.OpCode.Mode() == asm.AtomicMode:
		return i.atomic()
	case class == asm.StClass:
		return fmt.Sprintf("*(%s *)(%s %+d) = %d", memory[i.OpCode.Size()], reg(i.Dst), i.Offset, i.Constant)
	}
	return fmt.Sprintf("*(%s *)(%s %+d) = %s", memory[i.OpCode.Size()], reg(i.Dst), i.Offset, reg(i.Src))
}

// atomic writes what changes memory at once and leaves in a register what was there.
func (i *instruction) atomic() string {
	at := fmt.Sprintf("(%s *)(%s %+d)", memory[i.OpCode.Size()], reg(i.Dst), i.Offset)
	switch i.Constant {
	case int64(asm.CmpXchg >> 8):
		return fmt.Sprintf("r0 = cmpxchg(%s, r0, %s)", at, reg(i.Src))
	case int64(asm.Xchg >> 8):
		return fmt.Sprintf("%s = xchg(%s, %s)", reg(i.Src), at, reg(i.Src))
	}
	return fmt.Sprintf("%s = fetch_add(%s, %s)", reg(i.Src), at, reg(i.Src))
}

// reg is a register's name; the frame pointer is r10.
func reg(r asm.Register) string { return fmt.Sprintf("r%d", uint8(r)) }

// memory are the sizes of what is read and written.
var memory = map[asm.Size]string{asm.Byte: "u8", asm.Half: "u16", asm.Word: "u32", asm.DWord: "u64"}

// loaded is what a load of 64 bits loads.
func (i *instruction) loaded() string {
	switch i.kind {
	case toMap:
		return "map " + i.symbol
	case toConfig:
		return "&" + i.symbol
	}
	return fmt.Sprintf("%#x ll", uint64(i.Constant))
}

func (i *instruction) fieldNote() string {
	if i.field == nil {
		return ""
	}
	return fmt.Sprintf(" ; %s.%s, at its place in the running kernel", i.field.structure, i.field.path)
}

var aluSigns = map[asm.ALUOp]string{
	asm.Add: "+=", asm.Sub: "-=", asm.Mul: "*=", asm.Div: "/=", asm.Or: "|=", asm.And: "&=", asm.LSh: "<<=", asm.RSh: ">>=",
	asm.Xor: "^=", asm.Mov: "=",
}

// alu writes arithmetic; registers are w0 to w9 where it is 32 bits wide.
func (i *instruction) alu() string {
	name := func(r asm.Register) string {
		if i.OpCode.Class() == asm.ALUClass {
			return "w" + reg(r)[1:]
		}
		return reg(r)
	}
	if i.structure != "" {
		return fmt.Sprintf("%s = the number of struct %s in the running kernel", name(i.Dst), i.structure)
	}
	if op := i.OpCode.ALUOp(); op != asm.Swap {
		if i.OpCode.Source() == asm.RegSource {
			return fmt.Sprintf("%s %s %s", name(i.Dst), aluSigns[op], name(i.Src))
		}
		return fmt.Sprintf("%s %s %d", name(i.Dst), aluSigns[op], i.Constant)
	}
	return fmt.Sprintf("%s = be%d %s", reg(i.Dst), i.Constant, reg(i.Dst))
}

var jumpSigns = map[asm.JumpOp]string{
	asm.JEq: "==", asm.JNE: "!=", asm.JGT: ">", asm.JGE: ">=", asm.JLT: "<", asm.JLE: "<=", asm.JSGT: "s>", asm.JSGE: "s>=",
	asm.JSLT: "s<", asm.JSLE: "s<=", asm.JSet: "&",
}

func (i *instruction) branch(at int) string {
	to := at + int(i.Offset)
	left, right := reg(i.Dst), fmt.Sprint(i.Constant)
	if i.OpCode.Class() == asm.Jump32Class {
		left, right = "w"+left[1:], fmt.Sprint(uint32(i.Constant))
	}
	if i.OpCode.Source() == asm.RegSource {
		right = reg(i.Src)
	}
	switch op := i.OpCode.JumpOp(); op {
	case asm.Exit:
		return "exit"
	case asm.Ja:
		return fmt.Sprintf("goto %d", to)
	case asm.Call:
		return "call " + i.callee()
	default:
		return fmt.Sprintf("if %s %s %s goto %d", left, jumpSigns[op], right, to)
	}
}

// callee is the name of what is called.
func (i *instruction) callee() string {
	if i.kind != noSymbol {
		return i.symbol
	}
	return helperNames[asm.BuiltinFunc(i.Constant)]
}

// helperNames are the helpers that programs call.
var helperNames = map[asm.BuiltinFunc]string{
	asm.FnMapLookupElem: "bpf_map_lookup_elem", asm.FnSpinLock: "bpf_spin_lock", asm.FnSpinUnlock: "bpf_spin_unlock",
	asm.FnJiffies64: "bpf_jiffies64", asm.FnGetPrandomU32: "bpf_get_prandom_u32", asm.FnRingbufOutput: "bpf_ringbuf_output",
	asm.FnProbeReadKernel: "bpf_probe_read_kernel", asm.FnMapUpdateElem: "bpf_map_update_elem", asm.FnMapDeleteElem: "bpf_map_delete_elem",
}
