package nft

import (
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
)

// printout turns rules into text when they are finished. One with an anonymous set
// stays as it is until it is known how many of these there are; see anonymous.go.
type printout struct {
	text  strings.Builder
	from  int // of the text that is in no rule yet
	rules []rule
	calls []string
	// meant are the meanings of the rules in that text, where they are asked for.
	meanings, ipv6 bool
	meant          []Meaning
}

// textRoom is how much memory is taken for text at a time.
const textRoom = 1 << 16

// add prints a rule, or tells that it stays.
func (p *printout) add(r *rule) (stays bool) {
	if slices.ContainsFunc(r.stmts, func(s stmt) bool { _, ok := anonymousIn(&s); return ok }) {
		return true
	}
	p.print(r)
	for i := range r.stmts {
		if to := r.stmts[i].calls(); to != "" && !slices.Contains(p.calls, to) {
			p.calls = append(p.calls, to)
		}
	}
	return false
}

// print prints a rule, and notes what it means.
func (p *printout) print(r *rule) {
	r.keepApart()
	r.print(&p.text)
	if p.meanings && len(r.stmts) > 0 {
		p.meant = append(p.meant, r.meaning(p.ipv6))
	}
}

func (p *printout) takeMeant() []Meaning {
	meant := p.meant
	p.meant = nil
	return meant
}

// keep puts a rule that stays behind the text so far.
func (p *printout) keep(r *rule) {
	p.cut()
	p.rules = append(p.rules, *r)
}

// cut makes a rule of the text so far. What is written behind it leaves it alone, so
// that it need not be copied.
func (p *printout) cut() {
	if p.text.Len() > p.from {
		p.rules = append(p.rules, rule{text: p.piece(), meant: p.takeMeant()})
	}
}

// piece is the text that is in no rule yet.
func (p *printout) piece() string {
	piece := p.text.String()[p.from:]
	p.from = p.text.Len()
	if p.text.Cap()-p.from < textRoom/8 {
		p.text, p.from = strings.Builder{}, 0
		p.text.Grow(textRoom)
	}
	return piece
}

// take gives what has been added, and begins anew.
func (p *printout) take() (rules []rule, calls []string) {
	p.cut()
	rules, calls = p.rules, p.calls
	p.rules, p.calls = nil, nil
	return rules, calls
}

// printRules prints the rules that a chain got since it was last asked for.
func (t *translator) printRules(c *chain) {
	for i := range c.rules {
		if r := &c.rules[i]; t.done.add(r) {
			r.stmts = slices.Clone(r.stmts)
			t.done.keep(r)
		}
	}
	if c.room != nil {
		c.room.reuse(c.rules)
	}
	c.rules = nil
	c.take(t.done.take())
}

// take puts rules into the chain that are printed, or stay.
func (c *chain) take(rules []rule, calls []string) {
	if len(rules) > 0 {
		c.done, c.calls = append(c.done, rules), append(c.calls, calls...)
	}
}

// printRest prints the rules that stayed, on all cores.
func printRest(chains []*chain, like *printout) {
	var wg sync.WaitGroup
	var next atomic.Int64
	for range min(len(chains), runtime.GOMAXPROCS(0)) {
		wg.Go(func() {
			p := printout{meanings: like.meanings, ipv6: like.ipv6}
			for i := next.Add(1); i <= int64(len(chains)); i = next.Add(1) {
				chains[i-1].printRest(&p)
			}
		})
	}
	wg.Wait()
}

func (c *chain) printRest(p *printout) {
	for _, list := range c.done {
		for i := range list {
			if len(list[i].stmts) > 0 {
				c.writeRule(p, &list[i])
				list[i] = rule{text: p.piece(), meant: p.takeMeant()}
			}
		}
	}
}

// calls is the chain that the statement jumps or goes to, "" where it does neither.
func (s *stmt) calls() string {
	if s.class != verdict || s.right.more == nil {
		return ""
	}
	return s.right.more.name
}
