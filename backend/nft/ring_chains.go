package nft

import "strconv"

// linear is how many places are looked at one after the other; more are looked
// for in two steps.
const linear = 6

// chainRules find the slot by chains: one for each.
func (w ringWriter) chainRules(c *chain) {
	n := len(w.slots)
	c.add(w.last().has(w.key), goTo(w.chain("turn", w.turnRules)))
	if n > linear {
		c.add(w.slots[0].has(w.key), goTo(w.chain("fill", w.fillSlots)))
	}
	for k := n - 1; k > 1 || k == 1 && n <= linear; k-- {
		c.add(w.slots[k-1].has(w.key), goTo(w.slotChain(k, false)))
	}
	w.write(c, 0, false)
}

// fillSlots find the end of a run that begins at slot 0.
func (w ringWriter) fillSlots(c *chain) {
	w.search(c, "fill", 1, len(w.slots)-1, func(k int) ref { return w.slots[k-1] }, func(k int) (int, bool) { return k, false })
}

// turnRules write the slot that the markers tell, in a ring whose last slot lives.
func (w ringWriter) turnRules(c *chain) {
	m := len(w.turn)
	w.holdRules(c)
	c.add(w.turn[m-1].has(w.key), goTo(w.chain("half", w.secondHalf)))
	w.search(c, "turn", 0, m-1, func(k int) ref { return w.turn[k-1] }, func(k int) (int, bool) { return k, true })
}

// secondHalf finds the first marker that is left.
func (w ringWriter) secondHalf(c *chain) {
	m, from := len(w.turn), 0
	if len(w.slots)%2 == 1 {
		from = 1 // the last slot removes the last two
	}
	w.search(c, "half", from, m-1, func(k int) ref { return w.turn[m-1-k] }, func(k int) (int, bool) { return 2*m - 1 - k, true })
}

// search finds the largest k of from to to for which the place holds the address,
// where all smaller ones do as well, and writes the slot that belongs to it. The
// smallest needs no test.
func (w ringWriter) search(c *chain, name string, from, to int, place func(k int) ref, slot func(k int) (int, bool)) {
	step := 1
	if to-from >= linear {
		for step*step < to-from+1 {
			step++
		}
	}
	for first := to - (to-from)%step; first > from; first -= step {
		part := first
		if step == 1 {
			k, marked := slot(part)
			c.add(place(part).has(w.key), goTo(w.slotChain(k, marked)))
			continue
		}
		c.add(place(part).has(w.key), goTo(w.chain(name+"from"+strconv.Itoa(part), func(c *chain) {
			w.search(c, name, part, min(part+step-1, to), place, slot)
		})))
	}
	if step > 1 {
		w.search(c, name, from, from+step-1, place, slot)
		return
	}
	k, marked := slot(from)
	w.write(c, k, marked)
}
