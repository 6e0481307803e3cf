package verify

import (
	"slices"

	"github.com/recentc/recentc/compile"
	"github.com/recentc/recentc/internal/lab"
)

// A route is a rule with the jumps by which packets come to it from a built-in chain.
type route struct {
	base  *compile.Chain
	jumps []*compile.Rule
	rule  *compile.Rule
}

// steps are all conditions on the way, the rule's own last.
func (r *route) steps() (out []compile.Step) {
	for _, j := range r.jumps {
		out = append(out, j.Steps...)
	}
	return append(out, r.rule.Steps...)
}

// hooksOf are the hooks of the kernel that a lab's packets pass.
func hooksOf(h lab.Hook) []compile.Hook {
	return [...][]compile.Hook{
		lab.Input:   {compile.Prerouting, compile.Input},
		lab.Forward: {compile.Prerouting, compile.Forward, compile.Postrouting},
		lab.Output:  {compile.Output, compile.Postrouting},
	}[h]
}

// bases are the built-in chains in the order in which packets pass them.
func (s *site) bases() (out []*compile.Chain) {
	hooks := hooksOf(s.hook)
	for _, c := range s.prog.Chains {
		if slices.Contains(hooks, c.Hook) {
			out = append(out, c)
		}
	}
	slices.SortStableFunc(out, compile.InPacketOrder)
	return out
}

// called is the chain that a rule jumps to, nil if it does not jump.
func (s *site) called(from *compile.Chain, r *compile.Rule) *compile.Chain {
	j, ok := r.Target.(*compile.Jump)
	if !ok {
		return nil
	}
	return s.prog.Chain(from.Table, j.Chain)
}

// maxRoutes bounds the ways to one rule that are tried.
const maxRoutes = 4

// routes finds the ways to every rule, in the order of the rules.
func (s *site) routes() map[*compile.Rule][]*route {
	found := map[*compile.Rule][]*route{}
	for _, base := range s.bases() {
		s.follow(found, base, base, nil)
	}
	return found
}

func (s *site) follow(found map[*compile.Rule][]*route, base, c *compile.Chain, jumps []*compile.Rule) {
	if len(c.Rules) > 0 && len(found[c.Rules[0]]) >= maxRoutes {
		return
	}
	for _, r := range c.Rules {
		found[r] = append(found[r], &route{base, jumps, r})
		if to := s.called(c, r); to != nil {
			s.follow(found, base, to, append(slices.Clip(jumps), r))
		}
	}
}
