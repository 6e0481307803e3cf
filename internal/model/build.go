package model

import (
	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/compile"
)

// builder turns Programs into what runs. All gaps have been found before.
type builder struct {
	clock clock
	lists map[string]*addrList
	needs needs
	// family is that of the program at hand.
	family ast.Family
	chains map[*compile.Chain]*chain
}

func newBuilder(programs []*compile.Program, o Options) *builder {
	return &builder{clock: newClock(o), lists: makeLists(programs, o)}
}

// program builds all chains and returns the built-in ones by hook.
func (b *builder) program(p *compile.Program) *[compile.NoHook][]*chain {
	b.family, b.chains = p.Family, map[*compile.Chain]*chain{}
	for _, c := range p.Chains {
		b.chains[c] = &chain{source: c}
	}
	entries := &[compile.NoHook][]*chain{}
	for _, c := range p.Chains {
		b.fill(p, b.chains[c])
		if c.Hook != compile.NoHook {
			b.needs.add(needs{state: c.Table == "nat" && len(c.Rules) > 0})
			entries[c.Hook] = append(entries[c.Hook], b.chains[c])
		}
	}
	for _, chains := range entries {
		sortChains(chains)
	}
	return entries
}

func (b *builder) fill(p *compile.Program, c *chain) {
	for _, r := range c.source.Rules {
		c.rules = append(c.rules, &rule{source: r, tests: b.tests(r), act: b.target(p, c, r.Target)})
	}
}

// tests makes one test of each match. The list steps of one -m recent stand together and are one.
func (b *builder) tests(r *compile.Rule) (tests []test) {
	var last *compile.Recent
	for _, s := range r.Steps {
		m := compile.Origin(s)
		switch {
		case m != nil && m == last:
		case m != nil:
			tests = append(tests, b.newRecent(m))
		case s.Kind() != compile.Remark:
			tests = append(tests, matches[s.Extension()].build(b, s))
		}
		last = m
	}
	return tests
}

// target makes the action; nil for none.
func (b *builder) target(p *compile.Program, c *chain, t compile.Target) action {
	if t == nil {
		return nil
	}
	if j, ok := t.(*compile.Jump); ok {
		to := b.chains[p.Chain(c.source.Table, j.Chain)]
		if j.Goto {
			return to.run
		}
		return to.jump
	}
	return targets[t.Extension()].build(t)
}
