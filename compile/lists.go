package compile

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/recentc/recentc/internal/diag"
)

// lowerLists finds all lists of the rule set and replaces every -m recent by the
// list steps that it means.
func lowerLists(s *ruleSet, reach map[*Chain][NoHook]bool) []*List {
	a := &listAnalysis{set: s, lists: map[string]*List{}, reach: reach}
	a.fixMasks()
	for _, t := range s.order {
		for _, c := range t.order {
			for _, r := range c.Rules {
				a.rule(t, c, r)
			}
		}
	}
	return a.finish()
}

type listAnalysis struct {
	set   *ruleSet
	lists map[string]*List
	// reach tells from which hooks a chain is called.
	reach map[*Chain][NoHook]bool
}

// fixMasks creates the lists in the order in which the kernel would: the first
// rule loaded fixes the mask. Rules of command lines are loaded one by one.
func (a *listAnalysis) fixMasks() {
	var loaded []*Rule
	for _, t := range a.set.order {
		for _, c := range t.loadOrder() {
			for _, r := range c.Rules {
				if r.Lists {
					loaded = append(loaded, r)
				}
			}
		}
	}
	slices.SortStableFunc(loaded, func(x, y *Rule) int {
		if x.commands && y.commands {
			return cmp.Compare(x.order, y.order)
		}
		return 0
	})
	for _, r := range loaded {
		for _, step := range r.Steps {
			if m, ok := step.(*Recent); ok {
				a.create(m)
			}
		}
	}
}

func (a *listAnalysis) create(m *Recent) {
	l := a.lists[m.Name]
	if l == nil {
		a.lists[m.Name] = &List{Name: m.Name, Mask: m.Mask, MaskWritten: m.MaskWritten, Capacity: a.set.opts.IPListTot, first: m}
		return
	}
	if l.Mask != m.Mask {
		a.set.diags.Add(m.source.diagnostic(diag.Warning, diag.RecentOtherMask, m.Range, fmt.Sprintf("the mask %s is ignored: list %s has %s", m.Mask, m.Name, l.Mask),
			"The first rule that the kernel loads fixes a list's mask. (It loads the built-in chains first, then the others by name.)",
			fmt.Sprintf("Write --mask %s here too, or use another list.", l.Mask)))
	}
}

// rule replaces the recent matches of one rule.
func (a *listAnalysis) rule(t *table, c *Chain, r *Rule) {
	if !r.Lists {
		return
	}
	steps := make([]Step, 0, len(r.Steps)+2)
	known := map[listSide]bool{}
	for i, step := range r.Steps {
		m, ok := step.(*Recent)
		if !ok {
			steps = append(steps, step)
			continue
		}
		l := a.lists[m.Name]
		a.use(l, t, c, m)
		at := listSide{l, m.Side}
		counts := i == len(r.Steps)-1 && r.Target == nil
		steps = append(steps, a.meaning(l, m, known[at], counts)...)
		if m.Not || m.Op == Remove {
			clear(known) // with a mask, both sides can be one address
		} else {
			known[at] = true
		}
	}
	r.Steps = steps
}

// listSide is one of a packet's addresses in a list.
type listSide struct {
	list *List
	side Side
}

// use notes what the list is needed for.
func (a *listAnalysis) use(l *List, t *table, c *Chain, m *Recent) {
	if !slices.Contains(l.Tables, t.name) {
		l.Tables = append(l.Tables, t.name)
	}
	l.Sides[m.Side] = true
	from := a.reach[c]
	l.ForwardTTL = l.ForwardTTL || from[Forward] || from[Postrouting]
	l.LocalTTL = l.LocalTTL || from[Prerouting] || from[Input] || from[Output] || from[Postrouting]
	if m.Reap && (l.ReapBelow == 0 || m.Seconds < l.ReapBelow) {
		l.ReapBelow = m.Seconds
	}
}

// meaning gives the steps of one match. The answer of a --remove is settled where
// the rule knows the address to be listed. It makes no difference to any packet, only
// to the rule's counter, at the end of a rule without a target: counts says so.
func (a *listAnalysis) meaning(l *List, m *Recent, settled, counts bool) []Step {
	switch m.Op {
	case Set:
		l.Written = true
		record := &Record{List: l, Side: m.Side, Origin: m}
		if m.Not {
			return []Step{record, &Never{Origin: m}}
		}
		return []Step{record}
	case Remove:
		l.Forgets = true
		if !settled || m.Not {
			a.ask(l, Listed, false)
		}
		return []Step{&Forget{List: l, Side: m.Side, Not: m.Not, Known: settled, Counts: counts, Origin: m}}
	}
	ring := Ring{Window: m.Seconds, Hits: max(1, m.Hits)}
	a.ask(l, ring, m.TTL)
	seen := &Seen{List: l, Side: m.Side, Ring: ring, TTL: m.TTL, Not: m.Not, Origin: m}
	if m.Op == RCheck {
		return []Step{seen}
	}
	return []Step{seen, a.restamp(l, m)}
}

// restamp is what --update records: with "!" it matches sources that are listed
// but stale, which it stamps, and sources that are not listed, which it leaves out.
func (a *listAnalysis) restamp(l *List, m *Recent) *Record {
	l.Written = true
	if m.Not {
		a.ask(l, Listed, m.TTL)
	}
	return &Record{List: l, Side: m.Side, IfListed: m.Not, TTL: m.Not && m.TTL, Origin: m}
}

// ask adds a question that the list must be able to answer.
func (a *listAnalysis) ask(l *List, r Ring, ttl bool) {
	l.Read = true
	if !slices.Contains(l.Rings, r) {
		l.Rings = append(l.Rings, r)
	}
	if w := (Ring{Window: r.Window, Hits: 1}); ttl && !slices.Contains(l.TTL, w) {
		l.TTL = append(l.TTL, w)
	}
}

// finish sorts what the backends print. A list that nobody asks is kept as one
// that could be: it can be read by hand.
func (a *listAnalysis) finish() []*List {
	var out []*List
	for _, name := range sortedKeys(a.lists) {
		l := a.lists[name]
		if len(l.Rings) == 0 {
			l.Rings = []Ring{Listed}
		}
		slices.SortFunc(l.Rings, compareRings)
		slices.SortFunc(l.TTL, compareRings)
		out = append(out, l)
	}
	return out
}

func compareRings(a, b Ring) int {
	return cmp.Or(cmp.Compare(a.Window, b.Window), cmp.Compare(a.Hits, b.Hits))
}
