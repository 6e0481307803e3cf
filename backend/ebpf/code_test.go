package ebpf

import (
	"fmt"
	"strings"
	"testing"

	"github.com/cilium/ebpf/asm"
)

// TestBytes pins what instructions are written as, those above all that the
// library would write as something else.
func TestBytes(t *testing.T) {
	f := &function{name: "f"}
	l := f.label()
	f.add(atomic(asm.FetchAdd, asm.R8, asm.R1, 4, asm.Word), atomic(asm.FetchAdd, asm.R7, asm.R2, 0, asm.DWord))
	f.add(atomic(asm.CmpXchg, asm.R7, asm.R2, 0, asm.Word), atomic(asm.Xchg, asm.R7, asm.R1, 0, asm.Word), storeImm(asm.RFP, -8, -1, asm.DWord))
	f.when32(asm.JLT, asm.R1, 1<<31, l)
	f.when(asm.JSGE, asm.R5, 0, l)
	f.add(asm.LoadImm(asm.R3, 1<<40, asm.DWord))
	f.here(l)
	f.returns(0)
	got, err := f.bytes()
	if err != nil {
		t.Fatal(err)
	}
	want := "c318040001000000" + "db27000001000000" + "c3270000f1000000" + "c3170000e1000000" + "7a0af8ffffffffff" + "a601030000000080" + "7505020000000000" +
		"1803000000000000" + "0000000000010000" + "b700000000000000" + "9500000000000000"
	if fmt.Sprintf("%x", got) != want {
		t.Errorf("got  %x\nwant %s", got, want)
	}
}

// TestLongJumps holds that a jump that does not fit is an error.
func TestLongJumps(t *testing.T) {
	for _, n := range []int{32767, 32768} {
		f := &function{name: "f"}
		l := f.label()
		f.when(asm.JEq, asm.R1, 0, l)
		for range n {
			f.add(asm.Mov.Imm(asm.R0, 0))
		}
		f.here(l)
		f.returns(0)
		if _, err := f.bytes(); (err != nil) != (n > 32767) {
			t.Errorf("over %d instructions: %v", n, err)
		}
	}
}

// TestPrune holds that what nothing comes to goes, and jumps still go where they did.
func TestPrune(t *testing.T) {
	f := &function{name: "f"}
	end, dead, loop := f.label(), f.label(), f.label()
	f.add(asm.Mov.Imm(asm.R0, 3))
	f.here(loop)
	f.add(asm.Sub.Imm(asm.R0, 1))
	f.when(asm.JNE, asm.R0, 0, loop)
	f.goTo(end)
	f.here(dead)
	f.add(asm.Mov.Imm(asm.R0, 9))
	f.goTo(dead)
	f.here(end)
	f.add(asm.Return())
	f.prune()
	if err := f.resolve(); err != nil {
		t.Fatal(err)
	}
	var lines []string
	at := f.offsets()
	for i := range f.code {
		lines = append(lines, f.code[i].text(at[i+1]))
	}
	if got, want := strings.Join(lines, "; "), "r0 = 3; r0 -= 1; if r0 != 0 goto 1; exit"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// TestGeometry holds that a list's parts do not overlap and numbers fit.
func TestGeometry(t *testing.T) {
	for _, g := range []geometry{{1, 1, false}, {2, 32, true}, {3, 2, false}, {100, 32, true}, {1000, 256, false}, {100, 65536, false}, {100000, 4, true}} {
		if g.buckets() < g.slots || g.buckets()&(g.buckets()-1) != 0 {
			t.Errorf("%v: %d buckets", g, g.buckets())
		}
		end := g.bucketsAt() + 4*g.buckets()
		if g.valueSize() < uint64(end) || g.valueSize()%8 != 0 || g.slotSize()%8 != 0 {
			t.Errorf("%v: the value of %d bytes has %d, slots %d", g, g.valueSize(), end, g.slotSize())
		}
	}
}
