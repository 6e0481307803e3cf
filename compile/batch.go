package compile

import (
	"runtime"
	"sync"
	"sync/atomic"

	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/internal/diag"
)

// batchRules is how many rules one worker compiles at a time.
const batchRules = 512

// appendRun is the run of -A at the head of a section's entries. Between these no
// chain comes or goes, so that what each of them means does not depend on the
// others.
func (s *ruleSet) appendRun(entries []ast.Entry) []ast.Entry {
	if !s.inTable {
		return nil
	}
	for i, e := range entries {
		if r, ok := e.(*ast.Rule); !ok || r.Op != ast.Append || r.Expanded || mayPair(r.Source) {
			return entries[:i]
		}
	}
	return entries
}

// A batch is a part of a run with what compiling it gave.
type batch struct {
	entries []ast.Entry
	// rules, each of which belongs to the chain at its place in chains.
	rules  []*Rule
	chains []*Chain
	diags  diag.List
}

// appendAll compiles a run on all cores and applies it in order.
func (s *ruleSet) appendAll(run []ast.Entry) {
	batches := batchesOf(run)
	var wg sync.WaitGroup
	var next atomic.Int64
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			own := *s // which is only read but for these two
			own.space = &workspace{}
			for i := next.Add(1); i <= int64(len(batches)); i = next.Add(1) {
				own.diags = &batches[i-1].diags
				batches[i-1].compile(&own)
			}
		})
	}
	wg.Wait()
	for i := range batches {
		s.apply(&batches[i])
	}
}

func batchesOf(run []ast.Entry) (out []batch) {
	for len(run) > 0 {
		n := min(len(run), batchRules)
		out = append(out, batch{entries: run[:n]})
		run = run[n:]
	}
	return out
}

func (b *batch) compile(s *ruleSet) {
	b.rules, b.chains = make([]*Rule, 0, len(b.entries)), make([]*Chain, 0, len(b.entries))
	for _, e := range b.entries {
		r := e.(*ast.Rule)
		if s.isFor(r) && s.enter(r) {
			if c := s.chainOf(r); c != nil {
				b.add(c, s.compileRule(r, c))
			}
		}
	}
}

func (b *batch) add(c *Chain, rules []*Rule) {
	b.rules = append(b.rules, rules...)
	for range rules {
		b.chains = append(b.chains, c)
	}
}

func (s *ruleSet) apply(b *batch) {
	*s.diags = append(*s.diags, b.diags...)
	s.inOrder(b.rules)
	for i, c := range b.chains {
		c.Rules = append(c.Rules, b.rules[i])
	}
}
