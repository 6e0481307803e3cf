package model

import "github.com/recentc/recentc/compile"

// result is what a target, or a whole chain, leads to.
type result uint8

const (
	// goOn goes to the next rule.
	goOn result = iota
	// leave goes back to the calling chain, or to the policy.
	leave
	accept
	drop
	reject
)

// test is one condition of a rule. It may change state, so it runs only when its turn comes.
type test func(v *visit) bool

// action is a target.
type action func(v *visit) result

type rule struct {
	source *compile.Rule
	tests  []test
	// act is nil for a rule without a target.
	act action
}

type chain struct {
	source *compile.Chain
	rules  []*rule
}

// decide runs a built-in chain, with its policy.
func (c *chain) decide(v *visit) Outcome {
	switch r := c.run(v); {
	case r == drop:
		return Dropped
	case r == reject:
		return Rejected
	case r == leave && c.source.Drop:
		v.verdict.Policy = c.source
		return Dropped
	}
	return Accepted
}

// run tries the rules in order; behind the last it leaves.
func (c *chain) run(v *visit) result {
	for _, r := range c.rules {
		if res := r.run(v); res != goOn {
			return res
		}
	}
	return leave
}

func (r *rule) run(v *visit) result {
	for _, t := range r.tests {
		if !t(v) {
			return goOn
		}
	}
	v.verdict.Rules = append(v.verdict.Rules, r.source)
	if r.act == nil {
		return goOn
	}
	return r.act(v)
}

// jump calls the chain: what leaves it comes back to the next rule.
func (c *chain) jump(v *visit) result {
	if res := c.run(v); res != leave {
		return res
	}
	return goOn
}
