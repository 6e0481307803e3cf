package ebpf

import (
	"fmt"
	"path/filepath"

	"github.com/cilium/ebpf/asm"
	"github.com/recentc/recentc/compile"
)

// What a chain's function returns. The first two are the verdict; a packet that
// came to the chain's end is neither.
const (
	verdictAccept = 1
	verdictDrop   = 2
	// verdictLeave tells that the chain was left before its end, which matters
	// where it is in several pieces.
	verdictLeave = 4
	// verdictMask has the bits of a verdict.
	verdictMask = verdictAccept | verdictDrop
)

// pieceLength is how many instructions a piece of a chain has before the next
// begins. The kernel follows 8192 branches of one function before it gives up,
// and a jump is 16 bits wide.
const pieceLength = 6000

// translateChain makes functions of a chain: one, or for a long chain one a piece
// and one that calls them in turn.
func (t *translator) translateChain(c *compile.Chain) {
	t.chain = c
	name := t.chains[c]
	pieces := []*function{t.newPiece(name)}
	for i := 0; i < len(c.Rules); {
		f := pieces[len(pieces)-1]
		if len(f.code) > pieceLength {
			f.finish()
			f = t.newPiece(t.takeName(fmt.Sprintf("%s_%d", name, len(pieces)+1)))
			pieces = append(pieces, f)
		}
		i += t.rulesAt(f, c.Rules[i:])
	}
	pieces[len(pieces)-1].finish()
	if len(pieces) > 1 {
		pieces[0].name = t.takeName(name + "_1")
		t.out.add(joined(name, pieces))
	}
	for _, f := range pieces {
		t.out.add(f)
	}
}

// newPiece begins a function of rules.
func (t *translator) newPiece(name string) *function {
	f := &function{name: name, section: ".text", params: []string{"packet"}}
	f.add(asm.Mov.Reg(packetReg, asm.R1))
	f.when(asm.JEq, packetReg, 0, f.dropLabel())
	return f
}

// finish ends a function of rules.
func (f *function) finish() {
	f.returns(0)
	if f.hasDrop {
		f.here(f.drop)
		f.returns(verdictDrop)
	}
}

// joined calls pieces one after the other.
func joined(name string, pieces []*function) *function {
	f := &function{name: name, section: ".text", params: []string{"packet"}}
	end := f.label()
	f.add(asm.Mov.Reg(packetReg, asm.R1))
	for _, p := range pieces {
		f.add(asm.Mov.Reg(asm.R1, packetReg))
		f.call(p.name)
		f.when(asm.JNE, asm.R0, 0, end)
	}
	f.here(end)
	f.add(asm.Return())
	return f
}

// rulesAt writes the first of some rules, or the first two together, and tells
// how many it has written.
func (t *translator) rulesAt(f *function, rules []*compile.Rule) int {
	if len(rules) > 1 {
		if p, ok := t.pairOf(rules[0], rules[1]); ok {
			t.writePair(f, p)
			return 2
		}
	}
	t.writeRule(f, rules[0])
	return 1
}

// writeRule writes one rule.
func (t *translator) writeRule(f *function, r *compile.Rule) {
	ts, ok := t.begin(r)
	if !ok {
		t.left = append(t.left, r)
		return
	}
	f.pending = lineOf(r)
	next := f.label()
	ts.write(f, next)
	t.matched(f, r)
	f.here(next)
}

// begin translates the steps and checks the target of a rule.
func (t *translator) begin(r *compile.Rule) (ts tests, ok bool) {
	t.rule, t.failed = r, false
	if r.Failed {
		return nil, false
	}
	ts = t.steps(r.Steps)
	if r.Target != nil {
		t.checkTarget(r.Target)
	}
	return ts, !t.failed
}

// steps translates steps in their order.
func (t *translator) steps(steps []compile.Step) (ts tests) {
	for i := 0; i < len(steps) && !t.failed; {
		r, n := t.recentOf(steps[i:])
		if n > 0 {
			t.judge(compile.Origin(steps[i]))
			ts = append(ts, t.recentTests(r)...)
			i += n
			continue
		}
		if _, alone := steps[i].(*compile.Never); alone {
			ts = append(ts, never{})
		} else {
			ts = append(ts, t.step(steps[i])...)
		}
		i++
	}
	return ts
}

// matched writes what happens to a packet that passed the tests of a rule.
func (t *translator) matched(f *function, r *compile.Rule) {
	n := t.number(r)
	t.count(f, n)
	if r.Target != nil {
		t.target(f, r.Target, n)
	}
}

// number gives a rule its place in the map of counters.
func (t *translator) number(r *compile.Rule) uint32 {
	t.result.Rules = append(t.result.Rules, Rule{t.prog.Family, t.chain.Table, t.chain.Name, r})
	return uint32(len(t.result.Rules) - 1)
}

func lineOf(r *compile.Rule) *sourceLine {
	return &sourceLine{filepath.Base(r.File.Name), r.Range.Start.Line, r.Source}
}
