package ebpf

import (
	"encoding/binary"
	"net/netip"

	"github.com/cilium/ebpf/asm"
	"github.com/recentc/recentc/compile"
)

// The numbers by which programs know the families.
const (
	family4 = 4
	family6 = 6
)

// test is a part of a rule's condition: code that goes on where it holds and
// jumps to no where it does not.
type test interface {
	write(f *function, no label)
}

// caller is a test that leaves an answer in R0 before it compares it.
type caller interface {
	test
	call(f *function)
}

// tests hold if all of them do.
type tests []test

func (ts tests) write(f *function, no label) {
	for _, t := range ts {
		t.write(f, no)
	}
}

// compare holds if a field, with all bits outside of mask cleared, is value.
type compare struct {
	field       field
	mask, value uint32
	not         bool
}

func equal(d field, value uint32, not bool) compare { return compare{d, 1<<32 - 1, value, not} }

func (b compare) write(f *function, no label) {
	f.load(scratch, b.field)
	if b.mask != 1<<32-1 {
		f.add(asm.And.Imm32(scratch, int32(b.mask)))
	}
	if b.not {
		f.when32(asm.JEq, scratch, b.value, no)
	} else {
		f.when32(asm.JNE, scratch, b.value, no)
	}
}

// same holds if several fields of a word or more are as they should be; not, if
// any is not.
type same struct {
	parts []part
	not   bool
}

// part is eight or four bytes of memory order that are compared under a mask.
type part struct {
	field       field
	mask, value uint64
}

func (s same) write(f *function, no label) {
	other := no
	if s.not {
		other = f.label()
	}
	for _, p := range s.parts {
		p.write(f, other)
	}
	if s.not {
		f.goTo(no)
		f.here(other)
	}
}

func (p part) write(f *function, other label) {
	f.load(scratch, p.field)
	if p.field.size == asm.Word {
		if p.mask != 1<<32-1 {
			f.add(asm.And.Imm32(scratch, int32(p.mask)))
		}
		f.when32(asm.JNE, scratch, uint32(p.value), other)
		return
	}
	if p.mask != 1<<64-1 {
		f.add(asm.LoadImm(scratch2, int64(p.mask), asm.DWord), asm.And.Reg(scratch, scratch2))
	}
	f.add(asm.LoadImm(scratch2, int64(p.value), asm.DWord))
	f.whenReg(asm.JNE, scratch, scratch2, other)
}

// span holds if a number is in one of some spans.
type span struct {
	field field
	// swap tells that the field is in the byte order of the network.
	swap  bool
	spans []compile.Span
	not   bool
}

func spanOf(d field, s *compile.SpanTest) tests {
	switch {
	case s == nil:
		return nil
	case s.Empty():
		return fixed(s.Not)
	}
	return tests{span{field: d, spans: []compile.Span{s.Span}, not: s.Not}}
}

func (s span) write(f *function, no label) {
	f.load(scratch, s.field)
	if s.swap {
		f.add(asm.HostTo(asm.BE, scratch, s.field.size))
	}
	yes, end := f.label(), no
	if s.not {
		yes, end = no, f.label()
	}
	for i, one := range s.spans {
		last := i == len(s.spans)-1
		s.one(f, one, last, yes, end)
	}
	if s.not {
		f.here(end)
	} else {
		f.here(yes)
	}
}

// one goes to yes if the number in scratch is in a span; behind the last one it
// goes to end if it is not. Whichever of the two stands next is not jumped to.
func (s span) one(f *function, one compile.Span, last bool, yes, end label) {
	switch {
	case one.Single() && last && !s.not:
		f.when32(asm.JNE, scratch, one.Low, end)
		return
	case one.Single():
		f.when32(asm.JEq, scratch, one.Low, yes)
		return
	}
	next := f.label()
	if last {
		next = end
	}
	if one.Low > 0 {
		f.when32(asm.JLT, scratch, one.Low, next)
	}
	if last && !s.not {
		f.when32(asm.JGT, scratch, one.High, end)
		return
	}
	f.when32(asm.JLE, scratch, one.High, yes)
	if !last {
		f.here(next)
	}
}

// either holds if one of its tests does, each of which is tests of its own.
type either struct {
	any []tests
	not bool
}

func (e either) write(f *function, no label) {
	yes, end := f.label(), no
	if e.not {
		yes, end = no, f.label()
	}
	for _, ts := range e.any {
		next := f.label()
		ts.write(f, next)
		f.goTo(yes)
		f.here(next)
	}
	if e.not {
		f.here(end)
		return
	}
	f.goTo(end)
	f.here(yes)
}

// never holds for no packet.
type never struct{}

func (never) write(f *function, no label) { f.goTo(no) }

// fixed is a test whose answer is known.
func fixed(yes bool) tests {
	if yes {
		return nil
	}
	return tests{never{}}
}

// header holds for packets that have so many bytes of the header behind IP's. It
// does not for later fragments; a packet that is cut off there is dropped, as the
// kernel's matches do (hotdrop).
type header struct {
	bytes uint32
	// tcp drops a fragment that would lie over the flags of TCP's header.
	tcp bool
}

func (h header) write(f *function, no label) {
	f.load(scratch, fieldFragment)
	if h.tcp {
		f.when32(asm.JEq, scratch, 1, f.dropLabel())
	}
	f.when32(asm.JNE, scratch, 0, no)
	f.load(scratch, fieldHave)
	f.when32(asm.JLT, scratch, h.bytes, f.dropLabel())
}

// ask calls a function of the object and holds if it says so.
type ask struct {
	name string
	args []uint32
	// whatever holds for every answer but a drop.
	whatever bool
}

func (a ask) write(f *function, no label) {
	a.call(f)
	if !a.whatever {
		f.when(asm.JEq, asm.R0, answerNo, no)
	}
}

// call leaves the answer in R0.
func (a ask) call(f *function) {
	f.add(asm.Mov.Reg(asm.R1, packetReg))
	for i, n := range a.args {
		f.add(asm.Mov.Imm32(asm.R2+asm.Register(i), int32(n)))
	}
	f.call(a.name)
	f.when(asm.JEq, asm.R0, answerDrop, f.dropLabel())
}

// addressWords gives an address as words in memory order.
func addressWords(a netip.Addr) (words []uint32) {
	raw := a.AsSlice()
	for ; len(raw) > 0; raw = raw[4:] {
		words = append(words, binary.LittleEndian.Uint32(raw))
	}
	return words
}
