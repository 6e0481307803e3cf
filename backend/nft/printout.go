package nft

import (
	"bytes"
	"slices"
	"strings"
)

// printout turns rules into text when they are finished. One with an anonymous set
// stays as it is until it is known how many of these there are; see anonymous.go.
type printout struct {
	text  bytes.Buffer
	rules []rule
	calls []string
}

// add prints a rule, or tells that it stays.
func (p *printout) add(r *rule) (stays bool) {
	if slices.ContainsFunc(r.stmts, func(s stmt) bool { _, ok := anonymousIn(&s); return ok }) {
		return true
	}
	r.print(&p.text)
	for i := range r.stmts {
		if to := r.stmts[i].calls(); to != "" && !slices.Contains(p.calls, to) {
			p.calls = append(p.calls, to)
		}
	}
	return false
}

// keep puts a rule that stays behind the text so far.
func (p *printout) keep(r *rule) {
	p.cut()
	p.rules = append(p.rules, *r)
}

func (p *printout) cut() {
	if p.text.Len() > 0 {
		p.rules = append(p.rules, rule{text: p.text.String()})
		p.text.Reset()
	}
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
			t.done.keep(r)
		}
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
