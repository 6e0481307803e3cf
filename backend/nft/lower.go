package nft

import (
	"slices"

	"github.com/recentc/recentc/compile"
)

// form is a test in nftables: it holds if all statements of any alternative
// hold. Without alternatives it never holds; an empty alternative always does.
type form struct {
	alts [][]stmt
	// unless are alternatives of which none may hold: for an opposite that no
	// single test gives, and for a full set, which must not end the rule.
	unless [][]stmt
	// do acts once all of this holds, and never ends the rule.
	do []stmt
}

func all(s ...stmt) form                { return form{alts: [][]stmt{s}} }
func anyOf(alternatives ...[]stmt) form { return form{alts: alternatives} }

// noneOf holds if no alternative does.
func noneOf(alternatives ...[]stmt) form {
	f := all()
	f.unless = alternatives
	return f
}

// end is what a rule does when all its tests held.
type end struct {
	stmts []stmt
	// ends tells that no further rule of the chain sees the packet.
	ends bool
	// leaves tells that the verdict depends on the chain it stands in (return,
	// goto), so that it cannot move to a chain that is called by jump.
	leaves bool
}

// op is a step of a rule in the terms of nftables' control flow.
type op struct {
	kind opKind
	alts [][]stmt
	do   []stmt
	// forgets marks an action that turns the tests in front of it around.
	forgets bool
	// counted is what must hold for the rule to count, where that is not what must hold
	// for the action: an address is removed even where a full set does not know it.
	counted []stmt
	// first, held and last belong to opFull: what is done before it asks whether a
	// ring is full, the test of the hold, and that of its last slot. Instead of
	// first, count is done for a source that is watched.
	first, held, watched, count []stmt
	last                        stmt
	// early are alternatives that are tried first, and gated those that are tried
	// instead of alts if gate holds.
	early, gated [][]stmt
	gate         stmt
	// restamps marks an action that does nothing for an address that is held.
	restamps bool
}

type opKind uint8

const (
	// opTest goes on if any alternative holds.
	opTest opKind = iota
	// opUnless goes on if no alternative holds.
	opUnless
	// opFull goes on if a ring is full: the source is held, or the last slot and
	// any alternative hold.
	opFull
	// opDo acts and goes on.
	opDo
	// opStopIf acts and ends the rule if any alternative holds.
	opStopIf
	// opStop ends the rule.
	opStop
)

// place is a chain that rules are being written to. An own chain holds a part of
// one rule and nothing else.
type place struct {
	*chain
	own bool
}

// emitter writes one rule of the program. A rule without side effects is one
// nftables rule. Where it acts in the middle, or tests what takes several rules,
// the rest of it moves to chains of its own, which are entered by jump and so
// return to the next rule by themselves.
//
// A rule that ends in RETURN or goto cannot be in a chain that was jumped to.
// Its own chains are entered by goto, and the rest of the home chain becomes a
// chain as well, to which they go when the rule does not match.
type emitter struct {
	t    *translator
	home place
	base string
	src  *compile.Rule
	end  end
	rest *chain
	// pending is what is printed above the first rule written.
	pending rule
	// counted tells that a counter already starts with the input's count.
	counted bool
}

// emit writes the rule and returns the chain that the next rule belongs to.
func (e *emitter) emit(ops []op) *chain {
	e.run(e.home, nil, ops)
	if e.pending.from != nil {
		e.add(e.home, nil) // nothing was written: keep the source as a comment
	}
	if e.rest == nil {
		return e.home.chain
	}
	e.add(e.home, []stmt{goTo(e.rest.name)})
	return e.rest
}

func (e *emitter) run(at place, cur []stmt, ops []op) {
	for i := range ops {
		o, last := &ops[i], i == len(ops)-1
		switch {
		case o.kind == opStop:
			e.close(at)
			return
		case o.kind == opFull:
			var done bool
			if at, cur, done = e.full(at, cur, *o, ops[i+1:]); done {
				return
			}
		case o.kind == opTest && len(o.alts) == 1:
			if cur == nil {
				cur = e.room(len(ops) + 3)
			}
			cur = append(cur, o.alts[0]...)
		case o.kind == opTest && last && e.repeatable(cur):
			for _, alt := range o.alts {
				e.finish(at, join(cur, alt))
			}
			e.close(at)
			return
		case o.kind == opTest:
			at, cur = e.alternatives(at, cur, o.alts), nil
		case o.counted != nil && last && len(e.end.stmts) == 0:
			if !pure(cur) {
				at, cur = e.own(at, cur), nil
			}
			e.add(at, join(cur, o.counted, []stmt{e.counter()}))
			e.add(at, join(cur, o.do))
			e.close(at)
			return
		case o.kind == opDo && last && len(e.end.stmts) == 0:
			e.add(at, join(cur, []stmt{e.counter()}, o.do))
			e.close(at)
			return
		case o.kind == opDo && !o.forgets && last && e.end.leaves && !at.own && stable(cur):
			e.add(at, join(cur, o.do))
			e.finish(at, cur)
			return
		default:
			at, cur = e.own(at, cur), nil
			e.inOwn(at, *o)
		}
	}
	e.add(at, append(append(cur, e.counter()), e.end.stmts...))
	e.close(at)
}

// room is an empty list of statements. It is the same for every rule that is printed
// before the next is translated.
func (e *emitter) room(n int) []stmt {
	if cap(e.t.stmts) < n {
		e.t.stmts = make([]stmt, 0, n)
	}
	return e.t.stmts[:0]
}

// inOwn writes the steps that need a chain of their own.
func (e *emitter) inOwn(at place, o op) {
	switch o.kind {
	case opDo:
		e.add(at, o.do)
	case opUnless:
		for _, alt := range o.alts {
			e.add(at, join(alt, []stmt{e.exit()}))
		}
	case opStopIf:
		stop := e.chain()
		e.add(stop, o.do)
		e.close(stop)
		for _, alt := range o.alts {
			e.add(at, join(alt, []stmt{goTo(stop.name)}))
		}
	}
}

// repeatable tells whether cur may stand in several rules of which the first
// that matches is the last to be tried.
func (e *emitter) repeatable(cur []stmt) bool {
	return e.end.ends && pure(cur) && !slices.ContainsFunc(e.end.stmts, func(s stmt) bool { return s.class == meter })
}

// stable tells whether recording an address leaves all tests as they were.
func stable(cur []stmt) bool {
	return pure(cur) && !slices.ContainsFunc(cur, func(s stmt) bool { return s.unstable })
}

// alternatives goes on in a new chain if any alternative holds.
func (e *emitter) alternatives(at place, cur []stmt, alts [][]stmt) place {
	at = e.own(at, cur)
	then := e.chain()
	for _, alt := range alts {
		e.add(at, join(alt, []stmt{goTo(then.name)}))
	}
	e.close(at)
	return then
}

// own returns a chain of the rule's own that is reached if cur holds.
func (e *emitter) own(at place, cur []stmt) place {
	if at.own && len(cur) == 0 {
		return at
	}
	next := e.chain()
	e.add(at, join(cur, []stmt{e.enter(at, next)}))
	e.close(at)
	return next
}

// enter is the verdict that goes from a chain to one of the rule's own.
func (e *emitter) enter(from, to place) stmt {
	if from.own || e.end.leaves {
		return goTo(to.name)
	}
	return jumpTo(to.name)
}

func (e *emitter) chain() place {
	return place{e.t.addChain(e.base), true}
}

// close sends what falls off the end of an own chain to where it belongs.
func (e *emitter) close(at place) {
	if at.own && e.end.leaves {
		e.add(at, []stmt{e.exit()})
	}
}

// exit is the verdict in an own chain for a packet that the rule does not match.
func (e *emitter) exit() stmt {
	if !e.end.leaves {
		return returns
	}
	if e.rest == nil {
		e.rest = e.t.addChain(e.home.name + "_rest")
	}
	return goTo(e.rest.name)
}

func (e *emitter) finish(at place, cur []stmt) {
	e.add(at, join(cur, []stmt{e.counter()}, e.end.stmts))
}

// counter counts as the iptables rule did. A rule can count in several places; the
// first goes on from what the input says, so that their sum is the rule's count.
func (e *emitter) counter() stmt {
	if e.counted || e.src.Counters == nil {
		return counts
	}
	e.counted = true
	return counted(e.src.Counters)
}

func (e *emitter) add(at place, stmts []stmt) {
	r := rule{stmts: stmts}
	if e.pending.from != nil {
		r.from, r.leftOut, r.comment = e.pending.from, e.pending.leftOut, e.pending.comment
		e.pending = rule{}
	}
	at.rules = append(at.rules, r)
}
