package explain

import (
	"slices"

	"github.com/recentc/recentc/compile"
)

// placed is a rule with its chain.
type placed struct {
	chain *compile.Chain
	rule  *compile.Rule
}

// inOrder lists the rules as packets meet them: by hook and table, and where a chain is called. A chain that
// is called from several places stands at the first, one that nothing calls at the end.
func inOrder(p *compile.Program) (out []placed) {
	o := &orderer{chains: map[[2]string]*compile.Chain{}, seen: map[*compile.Chain]bool{}}
	for _, c := range p.Chains {
		o.chains[[2]string{c.Table, c.Name}] = c
	}
	bases := slices.Clone(p.Chains)
	slices.SortStableFunc(bases, compile.InPacketOrder)
	for _, c := range bases {
		o.chain(c)
	}
	return o.out
}

// users gives the rules that use each list, in that order.
func users(p *compile.Program) map[string][]placed {
	out := map[string][]placed{}
	for _, at := range inOrder(p) {
		for _, m := range about(at.rule, "") {
			if have := out[m.Name]; len(have) == 0 || have[len(have)-1] != at {
				out[m.Name] = append(have, at)
			}
		}
	}
	return out
}

type orderer struct {
	// chains are those of the program, by table and name.
	chains map[[2]string]*compile.Chain
	seen   map[*compile.Chain]bool
	out    []placed
}

func (o *orderer) chain(c *compile.Chain) {
	if o.seen[c] {
		return
	}
	o.seen[c] = true
	for _, r := range c.Rules {
		o.out = append(o.out, placed{c, r})
		if j, ok := r.Target.(*compile.Jump); ok {
			if to := o.chains[[2]string{c.Table, j.Chain}]; to != nil {
				o.chain(to)
			}
		}
	}
}
