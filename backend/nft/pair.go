package nft

import (
	"reflect"

	"github.com/recentc/recentc/compile"
)

// The classic use of -m recent is a pair of rules with the same conditions: one
// records the source, the next asks whether that was too often. Where a list has
// nothing but this one window, the second rule can do the recording of both, in
// front of its question and behind its look at the hold: a source that floods is
// looked up once, and dropped.

// pairs tells whether first records what next asks, for the same packets.
func (t *translator) pairs(first, next *compile.Rule) bool {
	if first.Failed || next.Failed || first.Target != nil || next.Target == nil || !next.Target.Ends() {
		return false
	}
	a, b := working(first.Steps), working(next.Steps)
	n := len(a) - 1
	if n < 0 || len(b) <= n {
		return false
	}
	record, ok := a[n].(*compile.Record)
	seen, asks := b[n].(*compile.Seen)
	if !ok || !asks || record.IfListed || seen.Not || seen.TTL || record.List != seen.List || record.Side != seen.Side {
		return false
	}
	for i := range n {
		if a[i].Kind() != compile.Condition || !same(a[i], b[i]) {
			return false
		}
	}
	l := t.lists[record.List]
	r := l.lone()
	return r != nil && r.held.set != nil && r.Ring == seen.Ring && !l.Forgets && onlyRestamps(b[n+1:], seen)
}

// same compares two conditions, whatever their places are.
func same(a, b compile.Step) bool {
	if p, ok := a.(*compile.Protocol); ok {
		q, ok := b.(*compile.Protocol)
		return ok && p.Number == q.Number && p.Not == q.Not
	}
	return reflect.DeepEqual(a, b)
}

// settle makes the question of a pair's second rule do what the first left.
func (t *translator) settle(o *op, s *compile.Seen) {
	if t.owed == nil {
		return
	}
	o.first, t.owed = t.owed, nil
	r := t.lists[s.List].lone()
	if r.watch.set != nil {
		o.watched = []stmt{r.watch.has(r.l.keys[s.Side])}
		o.count = r.countStmts(s.Side, s.Origin.Op == compile.Update)
	}
}

// working are the steps that do something.
func working(steps []compile.Step) (out []compile.Step) {
	for _, s := range steps {
		if s.Kind() != compile.Remark {
			out = append(out, s)
		}
	}
	return out
}

// onlyRestamps tells whether nothing follows but the stamp of an --update.
func onlyRestamps(rest []compile.Step, seen *compile.Seen) bool {
	if len(rest) == 0 {
		return true
	}
	record, ok := rest[0].(*compile.Record)
	return ok && len(rest) == 1 && record.Origin == seen.Origin
}

// translateFirst writes the first rule of a pair, which only counts, and leaves
// the recording to the second.
func (t *translator) translateFirst(r *compile.Rule, home *chain) *chain {
	steps := make([]compile.Step, 0, len(r.Steps))
	for _, s := range r.Steps {
		if record, ok := s.(*compile.Record); ok {
			t.rule = r
			t.owed = t.recordOps(record)[0].do
			continue
		}
		steps = append(steps, s)
	}
	only := *r
	only.Steps = steps
	return t.translateRule(&only, home)
}
