package lint

import "github.com/recentc/recentc/compile"

// fate is what becomes of a packet that a target or a chain gets.
type fate uint8

// The fates. mixed is anything that is not the same for all packets, or not
// known; on is a target after which the packet goes on.
const (
	mixed fate = iota
	on
	accepted
	dropped
)

// fate tells what becomes of the packets that match a rule.
func (p *pass) fate(c *compile.Chain, r *compile.Rule) fate {
	switch t := r.Target.(type) {
	case nil:
		return on
	case compile.Accept:
		return accepted
	case compile.Drop:
		return dropped
	case *compile.Reject:
		return dropped
	case *compile.Jump:
		if to := p.chains[chainName{c.Table, t.Chain}]; to != nil {
			return p.chainFate(to)
		}
		return mixed
	default:
		if t.Ends() {
			return mixed
		}
		return on
	}
}

// chainFate tells what becomes of all packets that come to a chain: what its
// first rule without conditions does with them, if no rule before does otherwise.
func (p *pass) chainFate(c *compile.Chain) fate {
	if f, ok := p.fates[c]; ok {
		return f
	}
	p.fates[c] = mixed
	f := p.rulesFate(c)
	p.fates[c] = f
	return f
}

func (p *pass) rulesFate(c *compile.Chain) fate {
	only := on
	for _, r := range c.Rules {
		f := p.fate(c, r)
		if f == on && !r.Failed {
			continue
		}
		if f == mixed || r.Failed || only != on && f != only {
			return mixed
		}
		only = f
		if unconditional(r) {
			return f
		}
	}
	if only == on {
		return on
	}
	return mixed
}

// bans tells whether the packets that pass a check are dropped for it. A stage of
// a port-knocking sequence, which drops a packet and records it for the next
// stage, is no ban.
func (p *pass) bans(u *use) bool {
	if !u.checks() || u.Not || p.fate(u.chain, u.rule) != dropped {
		return false
	}
	if recordsOther(u.rule, u.Name) {
		return false
	}
	if j, ok := u.rule.Target.(*compile.Jump); ok {
		b := p.belowOf(p.chains[chainName{u.chain.Table, j.Chain}])
		return b.first == "" || b.first == u.Name && !b.more
	}
	return true
}

// below is what a chain, with all that it calls, does with lists.
type below struct {
	// uses tells whether it has any -m recent.
	uses bool
	// first is a list that it records in, more tells that it records in others too.
	first string
	more  bool
}

func (p *pass) belowOf(c *compile.Chain) *below {
	if b := p.belows[c]; b != nil {
		return b
	}
	b := &below{}
	p.belows[c] = b
	if c == nil {
		return b
	}
	for _, r := range c.Rules {
		b.rule(r)
		if j, ok := r.Target.(*compile.Jump); ok {
			b.add(p.belowOf(p.chains[chainName{c.Table, j.Chain}]))
		}
	}
	return b
}

func (b *below) rule(r *compile.Rule) {
	for _, s := range r.Steps {
		b.uses = b.uses || s.Kind() == compile.ListStep
		if rec, ok := s.(*compile.Record); ok {
			b.add(&below{first: rec.List.Name})
		}
	}
}

func (b *below) add(o *below) {
	b.uses = b.uses || o.uses
	b.more = b.more || o.more || b.first != "" && o.first != "" && o.first != b.first
	if b.first == "" {
		b.first = o.first
	}
}

// recordsOther tells whether the rule records in another list than the one named.
func recordsOther(r *compile.Rule, but string) bool {
	for _, s := range r.Steps {
		if rec, ok := s.(*compile.Record); ok && rec.List.Name != but {
			return true
		}
	}
	return false
}

// unconditional tells whether every packet passes a rule's steps.
func unconditional(r *compile.Rule) bool {
	for _, s := range r.Steps {
		if s.Kind() != compile.Remark && !alwaysTrue(s) {
			return false
		}
	}
	return !r.Failed
}
