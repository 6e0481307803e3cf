package lint

import "github.com/recentc/recentc/compile"

// eachDead calls fn for every rule that ways lead to and no packet comes to.
func (p *pass) eachDead(fn func(*ruleFlow)) {
	if !p.whole {
		return
	}
	for _, c := range p.program.Chains {
		for _, r := range c.Rules {
			if f := p.rules[r]; f.isDead() && !p.alive(r) {
				fn(f)
			}
		}
	}
}

// isDead tells whether ways lead to the rule and no packet comes on any.
func (r *ruleFlow) isDead() bool { return r.visits > 0 && r.visits == r.dead }

// alive tells whether packets come to the rule as it is written: a line can be
// several rules, one for each of its addresses and for each family.
func (s *set) alive(r *compile.Rule) bool {
	if s.live == nil {
		s.live = map[at]bool{}
		for _, p := range s.passes {
			for rule, f := range p.rules {
				if !f.isDead() {
					s.live[ruleAt(rule)] = true
				}
			}
		}
	}
	return s.live[ruleAt(r)]
}

// usesLists tells whether the rule, or a chain that it calls, has -m recent.
func (p *pass) usesLists(r *ruleFlow) bool {
	if hasListStep(r.rule) {
		return true
	}
	j, ok := r.rule.Target.(*compile.Jump)
	if !ok {
		return false
	}
	return p.belowOf(p.chains[chainName{r.chain.Table, j.Chain}]).uses
}

func acceptedBy(r *ruleFlow) bool {
	for _, t := range r.by {
		if _, ok := t.rule.Target.(compile.Accept); !ok {
			return false
		}
	}
	return true
}

// targetName names what a rule does, as the rule would.
func targetName(r *compile.Rule) string {
	switch t := r.Target.(type) {
	case nil:
		return "no target"
	case *compile.Jump:
		if t.Goto {
			return "-g " + t.Chain
		}
		return "-j " + t.Chain
	default:
		return "-j " + t.Extension()
	}
}
