package lint

import (
	"slices"

	"github.com/recentc/recentc/compile"
)

// guard is a check of a list that a packet has passed.
type guard struct {
	list *compile.List
	side compile.Side
	hits uint32
}

// withGuards adds the checks that a packet has passed behind a rule's steps.
func withGuards(before []guard, r *compile.Rule) []guard {
	out := slices.Clip(before)
	for _, s := range r.Steps {
		if seen, ok := s.(*compile.Seen); ok && !seen.Not {
			out = append(out, guard{seen.List, seen.Side, seen.Ring.Hits})
		}
	}
	return out
}

// list is an address list with everything that is done with it.
type list struct {
	*compile.List
	// all are its matches in every rule, reachable or not, in the rules' order.
	all []mention
	// uses are its matches on every way that packets take, in the packets' order.
	uses []*use
	// hidden tells that a rule which could not be compiled names the list too.
	hidden bool
}

// mention is one -m recent in a rule.
type mention struct {
	*compile.Recent
	rule  *compile.Rule
	chain *compile.Chain
}

// use is one -m recent on one way.
type use struct {
	*visit
	*compile.Recent
	// acts has the packets for which the match is reached, index is its place
	// among the matches of the rule.
	acts  region
	index int
	// position is its place among the uses of the list.
	position int
	// always tells that the match is reached by all of acts that come to the rule.
	always bool
	// behind are the checks passed before it, in this rule and on the way.
	behind []guard
}

// originOf returns the -m recent that a step comes from, nil for other steps.
func originOf(s compile.Step) *compile.Recent {
	switch s := s.(type) {
	case *compile.Record:
		return s.Origin
	case *compile.Seen:
		return s.Origin
	case *compile.Forget:
		return s.Origin
	case *compile.Never:
		return s.Origin
	}
	return nil
}

// origins are the -m recent of a rule, in their order.
func origins(r *compile.Rule) (out []*compile.Recent) {
	for _, s := range r.Steps {
		if o := originOf(s); o != nil && !slices.Contains(out, o) {
			out = append(out, o)
		}
	}
	return out
}

// listsOf collects what is done with every list of the program.
func listsOf(f *flow) []*list {
	lists := make([]*list, 0, len(f.program.Lists))
	byName := map[string]*list{}
	for _, l := range f.program.Lists {
		x := &list{List: l}
		lists = append(lists, x)
		byName[l.Name] = x
	}
	for _, c := range f.program.Chains {
		for _, r := range c.Rules {
			for _, o := range origins(r) {
				l := byName[o.Name]
				l.all = append(l.all, mention{o, r, c})
			}
		}
	}
	for _, v := range f.ways {
		if !v.dead {
			v.uses(byName)
		}
	}
	return lists
}

// uses adds the matches of a visited rule to their lists.
func (v *visit) uses(lists map[string]*list) {
	acts, always, behind := v.from, v.from.exact, v.guards
	var last *compile.Recent
	for i, s := range v.rule.Steps {
		if o := originOf(s); o != nil && o != last {
			l := lists[o.Name]
			l.uses = append(l.uses, &use{visit: v, Recent: o, acts: acts, index: i, always: always, behind: behind, position: len(l.uses)})
			last = o
		}
		switch s := s.(type) {
		case *compile.Record:
		case *compile.Seen:
			always = false
			if !s.Not {
				behind = append(slices.Clip(behind), guard{s.List, s.Side, s.Ring.Hits})
			}
		default:
			if s.Kind() == compile.Condition {
				part := everything
				narrow(&part, s)
				acts = acts.and(&part)
				always = always && acts.exact
			} else if s.Kind() != compile.Remark {
				always = false
			}
		}
	}
}

// before tells whether a packet meets u before o on one way.
func (u *use) before(o *use) bool {
	return u.hook == o.hook && (u.order < o.order || u.order == o.order && u.index < o.index)
}

// goesOn tells whether packets are still on their way behind the match's rule, or
// in the same rule. Behind a --remove all that are still on their way have no
// entry, whatever becomes of those that had one.
func (u *use) goesOn(o *use) bool {
	return u.visit == o.visit || !ends(u.rule) || u.Op == compile.Remove
}

// meets tells whether the packets of o have come to the rule of u before: a call
// that some of them leave too early must be one that o is in as well.
func (u *use) meets(o *use) bool {
	for _, f := range u.skips {
		if !slices.Contains(o.frames, f) {
			return false
		}
	}
	return true
}

// ends tells whether a rule's target ends the way of the packets for sure.
func ends(r *compile.Rule) bool { return r.Target != nil && r.Target.Ends() }

// checks tells whether the match asks the list; a --remove does too.
func (u *use) checks() bool { return u.Op == compile.RCheck || u.Op == compile.Update }

// maxBack bounds how many earlier uses of a list are looked at for one.
const maxBack = 16

// earlier returns the matches of an operation that every packet of u has met
// before, the nearest first. It looks no further back than to a match of the
// operation spoils that some packet of u may have met in between.
func (l *list) earlier(u *use, op, spoils compile.Operation) (out []*use) {
	for i := u.position - 1; i >= max(0, u.position-maxBack) && l.uses[i].hook == u.hook; i-- {
		o := l.uses[i]
		switch {
		case o.Op == op && o.always && o.Side == u.Side && u.acts.within(&o.acts) && o.goesOn(u) && o.meets(u):
			out = append(out, o)
		case o.Op == spoils && !o.acts.disjoint(&u.acts):
			return out
		}
	}
	return out
}

// setBefore returns the --set matches that record each packet before u sees it,
// unless something forgets it in between.
func (l *list) setBefore(u *use) (sets []*use) { return l.earlier(u, compile.Set, compile.Remove) }

// removedBefore returns the --remove matches behind which u finds nothing.
func (l *list) removedBefore(u *use) (removes []*use) {
	return l.earlier(u, compile.Remove, compile.Set)
}

// met is a match with what its packets have met before.
type met struct {
	*use
	before []*use
}

// onEveryWay returns the matches for which something is found on every way to
// them, in the order of the first.
func (l *list) onEveryWay(find func(*use) []*use) (out []met) {
	ways := map[*compile.Recent]int{}
	for _, u := range l.uses {
		before := find(u)
		if n, seen := ways[u.Recent]; !seen && len(before) > 0 {
			ways[u.Recent] = len(out)
			out = append(out, met{u, before})
		} else if len(before) == 0 {
			if seen && n >= 0 {
				out[n].use = nil
			}
			ways[u.Recent] = -1
		}
	}
	return slices.DeleteFunc(out, func(m met) bool { return m.use == nil })
}
