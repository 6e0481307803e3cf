package verify

import (
	"cmp"
	"net/netip"
	"slices"

	"github.com/recentc/recentc/compile"
	"github.com/recentc/recentc/internal/lab"
)

func parse(a string) netip.Addr { return netip.MustParseAddr(a) }

// A walk follows one packet through the rules as far as that is certain without state.
type walk struct {
	*site
	p *lab.Packet
	// to is the rule to come to; nil walks to the end. onWay are the jumps that lead to it.
	to    *compile.Rule
	onWay []*compile.Rule
	// back is the last rule that left a chain of the user's own.
	back *compile.Rule
	// visit is called for each rule that may match.
	visit func(*compile.Rule)
}

// end tells how a chain was left.
type end struct {
	arrived, returned bool
	// by is the rule that decided, nil if none did.
	by *compile.Rule
}

// caught is the rule that takes the packet before it comes to the end of the route, nil if none does for
// certain.
func (s *site) caught(r *route, p *lab.Packet) *compile.Rule {
	w := &walk{site: s, p: p, to: r.rule, onWay: r.jumps}
	for _, base := range s.bases() {
		e := w.chain(base, 0)
		switch {
		case e.arrived:
			return nil
		case base == r.base:
			return cmp.Or(e.by, w.back)
		}
		if e.by != nil && stops(e.by) {
			return e.by
		}
	}
	return nil
}

// stops tells whether a packet that the rule decides about comes to no further table.
func stops(r *compile.Rule) bool {
	return r.Target != nil && r.Target.Ends() && r.Target.Extension() != "ACCEPT" && r.Target.Extension() != "RETURN"
}

// candidates are the rules that may match the packet, in its order.
func (s *site) candidates(p *lab.Packet) (out []*compile.Rule) {
	w := &walk{site: s, p: p, visit: func(r *compile.Rule) { out = append(out, r) }}
	for _, base := range s.bases() {
		if e := w.chain(base, 0); e.by != nil && stops(e.by) {
			break
		}
	}
	return out
}

// deepest is the kernel's limit of nested calls, more or less.
const deepest = 16

func (w *walk) chain(c *compile.Chain, depth int) end {
	for _, r := range c.Rules {
		if r == w.to {
			return end{arrived: true}
		}
		m := w.matches(w.p, r)
		if m == no {
			continue
		}
		if w.visit != nil {
			w.visit(r)
		}
		if e, left := w.target(c, r, m, depth); left {
			return e
		}
	}
	return end{returned: true}
}

// target does what the rule does. A rule that only may match is passed by, unless it is on the way; where
// all that may happen is looked for, its chain is looked into.
func (w *walk) target(c *compile.Chain, r *compile.Rule, m answer, depth int) (e end, left bool) {
	certain := m == yes || slices.Contains(w.onWay, r)
	if to := w.called(c, r); to != nil {
		if !certain && w.visit == nil || depth > deepest {
			return end{}, false
		}
		e := w.chain(to, depth+1)
		if !certain {
			return end{}, false
		}
		return e, !e.returned || r.Target.Ends()
	}
	switch {
	case r.Target == nil || !certain || !r.Target.Ends():
		return end{}, false
	case r.Target.Extension() == "RETURN":
		return end{returned: true, by: w.baseReturn(c, r)}, true
	}
	return end{by: r}, true
}

// baseReturn is the rule, if its RETURN leaves the packet to a built-in chain's policy.
func (w *walk) baseReturn(c *compile.Chain, r *compile.Rule) *compile.Rule {
	if c.Hook == compile.NoHook {
		w.back = r
		return nil
	}
	return r
}
