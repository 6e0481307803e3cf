package ebpf

import (
	"reflect"

	"github.com/cilium/ebpf/asm"
	"github.com/recentc/recentc/compile"
	"github.com/recentc/recentc/internal/diag"
)

// pair is two rules that ask the same of a packet and then record its address
// and ask for it: the most usual form of -m recent. One call does both, so that
// the list is locked and searched once.
type pair struct {
	first, second *compile.Rule
	// conditions is how many steps they share.
	conditions int
}

// pairOf tells whether two rules are a pair. All that they share only looks at
// the packet, and the first does nothing but record.
func (t *translator) pairOf(a, b *compile.Rule) (pair, bool) {
	n := len(a.Steps) - 1
	if a.Failed || b.Failed || a.Target != nil || n < 0 || len(b.Steps) <= n {
		return pair{}, false
	}
	record, ok := a.Steps[n].(*compile.Record)
	seen, also := b.Steps[n].(*compile.Seen)
	if !ok || !also || record.IfListed || record.List.Name != seen.List.Name || record.Side != seen.Side {
		return pair{}, false
	}
	for i, s := range a.Steps[:n] {
		if s.Kind() != compile.Condition || b.Steps[i].Kind() != compile.Condition || !t.same(s, b.Steps[i]) {
			return pair{}, false
		}
	}
	return pair{a, b, n}, true
}

// same tells whether two conditions become the same tests. (The steps themselves
// differ in where they stand.)
func (t *translator) same(a, b compile.Step) bool {
	if a.Extension() != b.Extension() {
		return false
	}
	probe := *t
	probe.diags, probe.failed = &diag.List{}, false
	return reflect.DeepEqual(probe.step(a), probe.step(b)) && !probe.failed
}

// fusedReg keeps the answer to the second rule while the first is counted.
const fusedReg = asm.R7

// writePair writes two rules as one.
func (t *translator) writePair(f *function, p pair) {
	t.rule, t.failed = p.first, false
	shared := t.steps(p.first.Steps[:p.conditions])
	t.judge(compile.Origin(p.first.Steps[p.conditions]))
	if t.failed {
		t.left = append(t.left, p.first)
		t.writeRule(f, p.second)
		return
	}
	t.rule = p.second
	t.judge(compile.Origin(p.second.Steps[p.conditions]))
	r, n := t.recentOf(p.second.Steps[p.conditions:])
	r.op |= opRecord
	both := t.recentTests(r)
	rest := t.steps(p.second.Steps[p.conditions+n:])
	if p.second.Target != nil {
		t.checkTarget(p.second.Target)
	}
	if t.failed {
		t.left = append(t.left, p.second)
		t.writeRule(f, p.first)
		return
	}
	f.pending = lineOf(p.first)
	next := f.label()
	append(shared, both[:len(both)-1]...).write(f, next)
	both[len(both)-1].(caller).call(f)
	f.add(asm.Mov.Reg(fusedReg, asm.R0))
	t.matched(f, p.first)
	f.pending = lineOf(p.second)
	f.when(asm.JEq, fusedReg, answerNo, next)
	rest.write(f, next)
	t.matched(f, p.second)
	f.here(next)
}
