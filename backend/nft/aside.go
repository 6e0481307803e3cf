package nft

import (
	"bytes"
	"runtime"
	"slices"
	"strings"

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
	count int
	calls []string
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
	for range min(len(queue), runtime.GOMAXPROCS(0)) {
		go func() {
			w := &sideline{t: frozen}
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
	out.rules = append(out.rules, s.rules...)
	out.calls = append(out.calls, s.calls...)
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
	t    translator
	home chain
	text bytes.Buffer
	now  stretch
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
	w.cut()
	w.now.next = next
	b.stretches = append(b.stretches, w.now)
	w.now = stretch{}
}

// rule translates a rule, if it need not wait.
func (w *sideline) rule(r *compile.Rule) bool {
	if slices.ContainsFunc(r.Steps, func(s compile.Step) bool { return s.Kind() == compile.ListStep }) {
		return false
	}
	t := &w.t
	var diags diag.List
	t.waiting, t.rules, t.diags = false, 0, &diags
	w.home.rules = w.home.rules[:0]
	if t.translateRule(r, &w.home); t.waiting {
		return false
	}
	w.now.diags, w.now.count = append(w.now.diags, diags...), w.now.count+t.rules
	for i := range w.home.rules {
		w.keep(&w.home.rules[i])
	}
	return true
}

// keep prints a rule. One with an anonymous set is printed when it is known how many
// of these there are.
func (w *sideline) keep(r *rule) {
	if slices.ContainsFunc(r.stmts, func(s stmt) bool { _, ok := anonymousIn(&s); return ok }) {
		w.cut()
		w.now.rules = append(w.now.rules, rule{source: slices.Clone(r.source), stmts: slices.Clone(r.stmts), comment: r.comment})
		return
	}
	r.print(&w.text)
	for i := range r.stmts {
		if to := r.stmts[i].calls(); to != "" && !slices.Contains(w.now.calls, to) {
			w.now.calls = append(w.now.calls, to)
		}
	}
}

// cut puts the text so far into the stretch.
func (w *sideline) cut() {
	if w.text.Len() > 0 {
		w.now.rules = append(w.now.rules, rule{text: w.text.String()})
		w.text.Reset()
	}
}

// calls is the chain that the statement jumps or goes to, "" where it does neither.
func (s *stmt) calls() string {
	if s.class != verdict {
		return ""
	}
	for _, word := range []string{"jump ", "goto "} {
		if to, ok := strings.CutPrefix(s.text, word); ok {
			return to
		}
	}
	return ""
}
