package nft

import "slices"

// full asks whether a ring is full. A source that is held gets the rule's verdict
// at once, in front of everything else, where the rest of the rule allows that.
func (e *emitter) full(at place, cur []stmt, o op, rest []op) (_ place, _ []stmt, done bool) {
	quick := e.repeatable(cur) && (len(rest) == 0 || len(rest) == 1 && rest[0].restamps)
	if len(cur) > 0 && (quick || o.first != nil) {
		at, cur = e.own(at, cur), nil
	}
	if quick {
		e.finish(at, o.held)
	}
	if quick && o.count != nil {
		e.watched(at, o)
	}
	if o.first != nil {
		e.add(at, o.first)
	}
	if !quick {
		alts := [][]stmt{o.held}
		for _, alt := range slices.Concat(o.early, o.alts, o.gated) {
			alts = append(alts, join([]stmt{o.last}, alt))
		}
		return e.alternatives(at, cur, alts), nil, false
	}
	if len(o.alts) == 1 && len(o.early) == 0 {
		return at, join([]stmt{o.last}, o.alts[0]), false
	}
	return e.living(at, o, len(rest) == 0)
}

// watched counts a watched source in a chain of its own. All slots of its ring live.
func (e *emitter) watched(at place, o op) {
	next := e.chain()
	e.add(at, join(o.watched, []stmt{e.enter(at, next)}))
	for _, count := range o.count {
		e.add(next, []stmt{count})
	}
	e.finish(next, nil)
}

// living goes on in a new chain if the last slot and any alternative hold, or ends
// the rule there.
func (e *emitter) living(at place, o op, ends bool) (_ place, _ []stmt, done bool) {
	at = e.own(at, []stmt{o.last})
	then := at
	found := func(at place, alt []stmt) { e.finish(at, alt) }
	if !ends {
		then = e.chain()
		found = func(at place, alt []stmt) { e.add(at, join(alt, []stmt{goTo(then.name)})) }
	}
	for _, alt := range o.early {
		found(at, alt)
	}
	if len(o.gated) > 0 {
		gated := e.chain()
		e.add(at, []stmt{o.gate, goTo(gated.name)})
		for _, alt := range o.gated {
			found(gated, alt)
		}
		e.close(gated)
	}
	for _, alt := range o.alts {
		found(at, alt)
	}
	e.close(at)
	return then, nil, ends
}
