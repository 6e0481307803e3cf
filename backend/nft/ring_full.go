package nft

import "github.com/recentc/recentc/compile"

// full is the test whether the ring answers yes.
func (r *ring) full(side compile.Side) form {
	key := r.l.keys[side]
	switch {
	case r.plain.set != nil:
		return all(r.plain.has(key))
	case r.over.set != nil:
		return all(r.over.has(key))
	case !r.timed():
		return all(r.last().has(key)) // slots fill in order
	}
	f := anyOf(r.holding(key))
	if r.sure.set != nil {
		f.alts = append(f.alts, []stmt{r.last().has(key), r.sure.has(key)})
	}
	f.alts = append(f.alts, r.living(side)...)
	return f
}

// holding is the test of the hold. Where the list can be told to forget an
// address, the last slot is asked too: it is empty then until the ring is full
// again, so that a hold from before does not count.
func (r *ring) holding(key address) []stmt {
	if !r.l.Forgets {
		return []stmt{r.held.has(key)}
	}
	return []stmt{r.last().has(key), r.held.has(key)}
}

// living are tests that all slots live, the last one first: it is dead for every
// address with few stamps.
func (r *ring) living(side compile.Side) (alts [][]stmt) {
	key := r.l.keys[side]
	if r.group == nil {
		var slots []stmt
		for k := len(r.slots) - 1; k >= 0; k-- {
			slots = append(slots, r.slots[k].has(key))
		}
		return [][]stmt{slots}
	}
	// A rule holds fewer lookups than a large ring has slots.
	for k := range r.slots {
		alts = append(alts, join([]stmt{r.last().has(key)}, r.oldest(side, k)))
	}
	return alts
}

// oldest tests that slot k is the oldest and lives, where the last slot does. All
// others are younger.
func (r *ring) oldest(side compile.Side, k int) []stmt {
	w := ringWriter{r, side, r.l.keys[side]}
	return append(w.at(nil, k), w.slots[k].has(w.key))
}

// many is how many slots are looked for the oldest instead of at all of them.
const many = 8

// fullOp is full as a step of its own, which tests the hold and the last slot only
// once where it can. What it refers to is the same for all rules that ask.
func (r *ring) fullOp(side compile.Side) op {
	if r.asked[side] == nil {
		o := r.newFullOp(side)
		r.asked[side] = &o
	}
	return *r.asked[side]
}

func (r *ring) newFullOp(side compile.Side) op {
	key := r.l.keys[side]
	if r.held.set == nil {
		return op{kind: opTest, alts: r.full(side).alts}
	}
	o := op{kind: opFull, held: r.holding(key), last: r.last().has(key)}
	if r.sure.set != nil {
		o.early = [][]stmt{{r.sure.has(key)}}
	}
	n, m := len(r.slots), len(r.turn)
	if n <= many || r.inline && r.group == nil {
		return r.fullAll(o, side)
	}
	o.gate = r.turn[m-1].has(key)
	for k := n - 1; k >= 0; k-- {
		if k >= m {
			o.gated = append(o.gated, r.oldest(side, k))
		} else {
			o.alts = append(o.alts, r.oldest(side, k))
		}
	}
	return o
}

func (r *ring) fullAll(o op, side compile.Side) op {
	for _, alt := range r.living(side) {
		o.alts = append(o.alts, alt[1:])
	}
	return o
}
