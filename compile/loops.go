package compile

import (
	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/internal/diag"
)

// checkLoops refuses chains that can reach themselves, as the kernel does.
func checkLoops(s *ruleSet) {
	for _, t := range s.order {
		w := &loopWalk{set: s, table: t, state: map[*Chain]int{}}
		for _, c := range t.order {
			w.visit(c)
		}
	}
}

type loopWalk struct {
	set   *ruleSet
	table *table
	state map[*Chain]int // 1: on the way, 2: done
}

func (w *loopWalk) visit(c *Chain) {
	w.state[c] = 1
	for _, r := range c.Rules {
		j, ok := r.Target.(*Jump)
		if !ok {
			continue
		}
		next := w.table.chains[j.Chain]
		switch {
		case next == nil:
		case w.state[next] == 1:
			w.loop(r, j)
		case w.state[next] == 0:
			w.visit(next)
		}
	}
	w.state[c] = 2
}

func (w *loopWalk) loop(r *Rule, j *Jump) {
	at := j.at
	if at == (ast.Range{}) {
		at = r.Range
	}
	w.set.file = r.File
	w.set.report(diag.ChainLoop, at, "chain "+j.Chain+" can reach itself through this jump",
		"The kernel refuses the whole table.", "Break the circle.")
	r.Target = nil
}
