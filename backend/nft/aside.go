package nft

import (
	"runtime"
	"slices"

	"github.com/recentc/recentc/compile"
	"github.com/recentc/recentc/internal/diag"
)

// Most rules ask for nothing that another rule has a part in: no list, no set, no
// chain of their own. They are translated aside, on all cores, and printed at once;
// the others when it is their turn, so that the output does not depend on who was
// first. A large file has its text in memory, and not the statements of all rules.

// batchRules is how many rules one worker translates at a time.
const batchRules = 256

// batch is a part of a chain.
type batch struct {
	chain *compile.Chain
	rules []*compile.Rule // from the first of the batch to the chain's last
	count int             // of the batch
	// stretches may be looked at once done is closed.
	stretches []stretch
	done      chan struct{}
}

// stretch is a run of rules that were translated aside, and what is behind it.
type stretch struct {
	rules []rule
	calls []string
	count int
	diags diag.List
	// next begins with the rule that waits for its turn; nil at a batch's end.
	next []*compile.Rule
}

// translateAside begins with all rules, and gives the batches of each chain.
func (t *translator) translateAside() map[*compile.Chain][]*batch {
	all := map[*compile.Chain][]*batch{}
	var queue []*batch
	for _, c := range t.prog.Chains {
		all[c] = batchesOf(c)
		queue = append(queue, all[c]...)
	}
	if t.opts.Fragments {
		t.tracks() // which is asked for aside, too
	}
	work := make(chan *batch, len(queue))
	for _, b := range queue {
		work <- b
	}
	close(work)
	frozen := *t
	frozen.workspace = workspace{} // each has its own
	frozen.done = printout{meanings: t.opts.Meanings, ipv6: t.ipv6()}
	for range min(len(queue), runtime.GOMAXPROCS(0)) {
		go func() {
			w := &sideline{t: frozen, done: frozen.done}
			for b := range work {
				w.translate(b)
			}
		}()
	}
	return all
}

func batchesOf(c *compile.Chain) (out []*batch) {
	for from := 0; from < len(c.Rules); from += batchRules {
		rules := c.Rules[from:]
		out = append(out, &batch{chain: c, rules: rules, count: min(len(rules), batchRules), done: make(chan struct{})})
	}
	return out
}

// take puts the rules of a stretch into their chain.
func (t *translator) take(s *stretch, out *chain) {
	out.take(s.rules, s.calls)
	*t.diags = append(*t.diags, s.diags...)
	t.rules += s.count
}

// waits tells that the rule at hand is being translated aside, and then makes it wait
// for its turn: it asks for something that rules share.
func (t *translator) waits() bool {
	t.waiting = t.waiting || t.aside
	return t.aside
}

// sideline translates batches aside.
type sideline struct {
	t     translator
	home  chain
	diags diag.List
	count int
	done  printout
}

func (w *sideline) translate(b *batch) {
	w.t.aside, w.t.chain, w.home.name = true, b.chain, w.t.named[b.chain]
	for i := range b.count {
		if !w.rule(b.rules[i]) {
			w.end(b, b.rules[i:])
		}
	}
	w.end(b, nil)
	close(b.done)
}

// end ends a stretch.
func (w *sideline) end(b *batch, next []*compile.Rule) {
	rules, calls := w.done.take()
	b.stretches = append(b.stretches, stretch{rules, calls, w.count, w.diags, next})
	w.count, w.diags = 0, nil
}

// rule translates a rule, if it need not wait.
func (w *sideline) rule(r *compile.Rule) bool {
	if r.Lists {
		return false
	}
	t, before := &w.t, len(w.diags)
	t.waiting, t.rules, t.diags = false, 0, &w.diags
	w.home.rules = w.home.rules[:0]
	if t.translateRule(r, &w.home); t.waiting {
		w.diags = w.diags[:before]
		return false
	}
	w.count += t.rules
	for i := range w.home.rules {
		r := &w.home.rules[i]
		if w.done.add(r) {
			r.stmts = slices.Clone(r.stmts) // they lie in the workspace
			w.done.keep(r)
		}
	}
	return true
}
