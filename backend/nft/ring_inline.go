package nft

import "strconv"

// inlineRules find the slot by rules of which at most one acts: each asks for the
// end of the run, and what one has written is nothing that a later one asks for.
// Only the last slot of a turn has a chain of its own, because it begins the next.
func (w ringWriter) inlineRules(c *chain) {
	c.add(w.last().has(w.key), goTo(w.chain("turn", w.inlineTurn)))
	if w.group != nil {
		w.inlineGroups(c)
		return
	}
	n := len(w.slots)
	w.inlineRun(c, 1, n-1)
	empty := w.line()
	for k := range n - 2 { // a run that ends with the slot behind was written above
		empty = append(empty, w.slots[k].has(w.key).opposite())
	}
	c.add(w.stamp(empty, 0, false)...)
}

// inlineGroups look for the last group with a slot that lives.
func (w ringWriter) inlineGroups(c *chain) {
	for g := len(w.group) - 1; g >= 0; g-- {
		from, to := max(1, g*w.groupSize), min((g+1)*w.groupSize, len(w.slots)-1)
		part := w.chain("group"+strconv.Itoa(g), func(c *chain) { w.inlineRun(c, from, to) })
		c.add(w.group[g].has(w.key), goTo(part))
	}
	c.add(w.stamp(w.line(), 0, false)...)
}

// inlineRun writes the slot behind the youngest, if that is one of from to to.
func (w ringWriter) inlineRun(c *chain, from, to int) {
	for k := to; k >= from; k-- {
		if k == len(w.slots)-1 {
			c.add(w.slots[k-1].has(w.key), goTo(w.slotChain(k, false)))
			continue
		}
		c.add(w.stamp(append(w.line(), w.slots[k-1].has(w.key), w.slots[k].has(w.key).opposite()), k, false)...)
	}
}

// inlineTurn writes the slot that the markers tell.
func (w ringWriter) inlineTurn(c *chain) {
	n, m := len(w.slots), len(w.turn)
	w.holdRules(c)
	if w.group == nil {
		w.inlineMarked(c, 0, n-1)
		return
	}
	c.add(w.turn[m-1].has(w.key), goTo(w.chain("half", func(c *chain) {
		w.inlineParts(c, "half", m, n-1, func(k int) stmt { return w.turn[k-m-1].has(w.key).opposite() })
	})))
	w.inlineParts(c, "turn", 0, m-1, func(k int) stmt { return w.turn[k-1].has(w.key) })
}

// inlineParts look for the part of a large ring that the next slot is in. reached
// tells that it is k or a later one.
func (w ringWriter) inlineParts(c *chain, name string, from, to int, reached func(k int) stmt) {
	for k := to - (to-from)%w.groupSize; k > from; k -= w.groupSize {
		last := min(k+w.groupSize-1, to)
		part := w.chain(name+strconv.Itoa(k)+"on", func(c *chain) { w.inlineMarked(c, k, last) })
		c.add(reached(k), goTo(part))
	}
	w.inlineMarked(c, from, min(from+w.groupSize-1, to))
}

// inlineMarked writes the next slot, if that is one of from to to.
func (w ringWriter) inlineMarked(c *chain, from, to int) {
	for k := to; k >= from; k-- {
		if k == len(w.slots)-1 {
			c.add(append(w.at(nil, k), goTo(w.slotChain(k, true)))...)
			continue
		}
		c.add(w.stamp(w.at(w.line(), k), k, true)...)
	}
}

// at appends the test that slot k is the next, where the last slot lives.
func (w ringWriter) at(to []stmt, k int) []stmt {
	m := len(w.turn)
	set := func(i int) stmt { return w.turn[i].has(w.key) }
	switch {
	case m == 1 && k == 0:
		return append(to, set(0).opposite())
	case m == 1:
		return append(to, set(0))
	case k == 0:
		return append(to, set(0).opposite(), set(m-1).opposite())
	case k < m:
		return append(to, set(k-1), set(k).opposite())
	case k == m:
		return append(to, set(0), set(m-1))
	}
	return append(to, set(k-m-1).opposite(), set(k-m))
}
