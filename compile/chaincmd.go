package compile

import (
	"slices"

	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/internal/diag"
)

// chainCommand applies the commands that concern chains: -N, -X, -E, -F, -P, -Z.
func (s *ruleSet) chainCommand(r *ast.Rule) {
	if r.Op == ast.NewChain {
		s.create(r)
		return
	}
	if r.Chain.Text == "" {
		s.allChains(r)
		return
	}
	c := s.chainOf(r)
	if c == nil {
		return
	}
	switch r.Op {
	case ast.Flush:
		s.remove(c.Rules...)
		c.Rules = nil
	case ast.Policy:
		s.policyCommand(c, r)
		if c.Range.Start.Line == 0 {
			c.Range = r.Range
		}
	case ast.DeleteChain:
		s.deleteChain(r, c)
	case ast.RenameChain:
		s.rename(r, c)
	case ast.Zero:
		if _, ok := s.number(r, c, len(c.Rules)); ok {
			zero(c)
		}
	}
}

func (s *ruleSet) create(r *ast.Rule) {
	if s.current.chains[r.Chain.Text] != nil {
		s.report(diag.ChainExists, r.Chain.Range, "chain "+r.Chain.Text+" exists already", "iptables refuses the command.", "Remove the line.")
		return
	}
	if t := findTarget(r.Chain.Text, s.family); t != nil && !slices.Contains(addedTargets, t) {
		s.report(diag.BadValue, r.Chain.Range, "chain "+r.Chain.Text+" cannot be made: it has the name of a target", "iptables refuses the command.", "Give the chain another name.")
		return
	}
	s.newChain(r.Chain)
}

// policyCommand is -P, which takes less than the line of a chain in a save file.
func (s *ruleSet) policyCommand(c *Chain, r *ast.Rule) {
	policy := r.Operand().Arg
	if s.current.name == "nat" && policy.Text == "DROP" {
		s.report(diag.BadPolicy, policy.Range, "DROP cannot be a policy in the nat table",
			"The table sees only the first packet of a connection. iptables says that it is not intended for filtering, and refuses the command.",
			"Set the policy in the filter table.")
		return
	}
	if s.setPolicy(c, policy, true) {
		c.PolicyFile, c.PolicyRange = s.file, r.Range
	}
}

func (s *ruleSet) allChains(r *ast.Rule) {
	for _, c := range append([]*Chain(nil), s.current.order...) {
		switch {
		case r.Op == ast.Flush:
			s.remove(c.Rules...)
			c.Rules = nil
		case r.Op == ast.DeleteChain && c.Hook == NoHook:
			s.deleteChain(r, c)
		case r.Op == ast.Zero:
			zero(c)
		}
	}
}

func (s *ruleSet) deleteChain(r *ast.Rule, c *Chain) {
	why := ""
	switch {
	case c.Hook != NoHook:
		why = "it is built in"
	case len(c.Rules) > 0:
		why = "it has rules"
	case s.called(c.Name):
		why = "other chains call it"
	}
	if why != "" {
		s.report(diag.ChainExists, r.Range, "chain "+c.Name+" cannot be removed: "+why, "iptables refuses the command.", "Empty the chain and remove what calls it, first.")
		return
	}
	s.current.remove(c)
}

func (s *ruleSet) called(name string) bool {
	for _, c := range s.current.order {
		for _, r := range c.Rules {
			if j, ok := r.Target.(*Jump); ok && j.Chain == name {
				return true
			}
		}
	}
	return false
}

func (s *ruleSet) rename(r *ast.Rule, c *Chain) {
	to := r.Operand().Arg.Text
	if c.Hook != NoHook || s.current.chains[to] != nil {
		s.report(diag.ChainExists, r.Range, "chain "+c.Name+" cannot be renamed to "+to, "iptables refuses the command.", "")
		return
	}
	old := c.Name
	delete(s.current.chains, old)
	c.Name = to
	s.current.chains[c.Name] = c
	for _, other := range s.current.order {
		for _, x := range other.Rules {
			if j, ok := x.Target.(*Jump); ok && j.Chain == old {
				j.Chain = c.Name
			}
		}
	}
}

func zero(c *Chain) {
	c.Counters = nil
	for _, r := range c.Rules {
		r.Counters = nil
	}
}
