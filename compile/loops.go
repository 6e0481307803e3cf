package compile

import (
	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/internal/diag"
)

// checkLoops refuses chains that can reach themselves, as the kernel does: it follows
// each hook, and in a chain the rules up to the first that always ends. A circle
// elsewhere is taken by the kernel. No packet gets there, so it is cut.
func checkLoops(s *ruleSet) {
	for _, t := range s.order {
		w := &loopWalk{set: s, table: t, state: map[*Chain]int{}, live: map[*Rule]bool{}}
		for _, c := range t.order {
			if c.Hook != NoHook {
				w.visit(c)
			}
		}
		(&circles{loopWalk: w, index: map[*Chain]int{}, low: map[*Chain]int{}, of: map[*Chain]int{}}).cut()
	}
}

type loopWalk struct {
	set   *ruleSet
	table *table
	state map[*Chain]int // 1: on the way, 2: done
	// live are the jumps that the kernel follows.
	live map[*Rule]bool
}

func (w *loopWalk) visit(c *Chain) {
	w.state[c] = 1
	for _, r := range c.Rules {
		if endsAlways(r) {
			break
		}
		next := w.next(r)
		if next == nil {
			continue
		}
		w.live[r] = true
		switch w.state[next] {
		case 1:
			w.loop(r, diag.Error, "chain "+next.Name+" can reach itself through this jump", "The kernel refuses the whole table.")
		case 0:
			w.visit(next)
		}
	}
	w.state[c] = 2
}

// next is the chain that a rule jumps or goes to, nil if none.
func (w *loopWalk) next(r *Rule) *Chain {
	if j, ok := r.Target.(*Jump); ok {
		return w.table.chains[j.Chain]
	}
	return nil
}

// endsAlways tells whether the kernel's walk ends at the rule: one of the four verdicts,
// without any test.
func endsAlways(r *Rule) bool {
	switch r.Target.(type) {
	case Accept, Drop, Return:
		return len(r.Steps) == 0 && !r.Failed
	}
	return false
}

func (w *loopWalk) loop(r *Rule, sev diag.Severity, summary, why string) {
	at := r.Range
	if j := r.Target.(*Jump); j.at != (ast.Range{}) {
		at = j.at
	}
	w.set.file = r.File
	w.set.add(sev, diag.ChainLoop, at, summary, why, "Break the circle.")
	r.Target = nil
}

// circles finds the chains that can reach each other (Tarjan's algorithm).
type circles struct {
	*loopWalk
	index, low, of map[*Chain]int
	stack          []*Chain
	count          int
}

// cut takes every jump that the kernel does not follow out of the circles. Those that it
// follows make none.
func (w *circles) cut() {
	for _, c := range w.table.order {
		if w.index[c] == 0 {
			w.visit(c)
		}
	}
	for _, c := range w.table.order {
		for _, r := range c.Rules {
			if next := w.next(r); next != nil && !w.live[r] && w.of[next] == w.of[c] {
				w.loop(r, diag.Warning, "chain "+next.Name+" can reach itself through this jump, where no packet gets to",
					"iptables takes it, since neither a hook nor a rule that can be reached leads there. The rule is translated without the jump.")
			}
		}
	}
}

func (w *circles) visit(c *Chain) {
	w.count++
	w.index[c], w.low[c] = w.count, w.count
	w.stack = append(w.stack, c)
	for _, r := range c.Rules {
		switch next := w.next(r); {
		case next == nil:
		case w.index[next] == 0:
			w.visit(next)
			w.low[c] = min(w.low[c], w.low[next])
		case w.of[next] == 0:
			w.low[c] = min(w.low[c], w.index[next])
		}
	}
	for w.low[c] == w.index[c] && w.of[c] == 0 {
		last := w.stack[len(w.stack)-1]
		w.stack = w.stack[:len(w.stack)-1]
		w.of[last] = w.index[c]
	}
}
