package nft

import (
	"strconv"

	"github.com/recentc/recentc/compile"
)

// ringWriter writes the rules that stamp one side's address in a timed ring.
//
// N slots have M markers, M = N/2 rounded up. In a turn, writing slot k of the
// first half sets marker k, and writing slot M+j of the second half removes marker
// j; the last slot of an odd ring removes two. So the markers that are set are a
// run: the first k of them before slot k of the first half, the last of them in
// the second half, and none at the turn's end.
//
// Markers are only set while the last slot lives, and only looked at then. All that
// are set were written after it, with the same timeout, so that they outlive it.
// Before the last slot is written again, every slot of the second half is, and
// removes what an earlier turn may have left.
//
// Whatever write a full set refuses, the rule ends there, and what was known of
// the address stays true: the slot is written first, then the marker. Only a group
// comes before its slot, so that it never outlives it.
type ringWriter struct {
	*ring
	side compile.Side
	key  address
}

// line is where a rule is put together.
func (w ringWriter) line() []stmt { return w.l.t.room.line() }

// stamp appends what writes slot k. marked tells that the last slot lives.
func (w ringWriter) stamp(out []stmt, k int, marked bool) []stmt {
	if w.group != nil {
		out = append(out, w.group[k/w.groupSize].put(w.key))
	}
	out = append(out, w.slots[k].put(w.key))
	m := len(w.turn)
	switch {
	case k < m && marked:
		out = append(out, w.turn[k].put(w.key))
		if k == 0 {
			out = append(out, w.turned.put(w.key))
		}
	case k >= m:
		out = append(out, w.turn[k-m].delete(w.key))
		out = w.turn[k-m].removals(out, w.key, w.copies())
	}
	return out
}

// copies is how many copies of a marker can have expired and not be collected yet.
// The collector runs every second, or a little later.
func (w ringWriter) copies() int {
	if w.Window < 4 {
		return 2
	}
	return 1
}

// close writes the last slot.
func (w ringWriter) close(c *chain) {
	n, m := len(w.slots), len(w.turn)
	c.add(w.stamp(w.line(), n-1, false)...)
	if n < 2*m {
		c.add(w.turn[m-1].clear(w.key)...)
	}
	w.turnEnd(c)
}

// chain gives the chain of the ring with that name, which fill makes when it is
// asked for first.
func (w ringWriter) chain(name string, fill func(c *chain)) string {
	if c := w.chains[name+sideSuffix(w.side)]; c != nil {
		return c.name
	}
	c := w.addChain(name, w.side, "")
	w.chains[name+sideSuffix(w.side)] = c
	fill(c)
	return c.name
}

// slotChain is the chain that writes slot k.
func (w ringWriter) slotChain(k int, marked bool) string {
	name := "slot" + strconv.Itoa(k)
	if marked && k < len(w.turn) {
		name = "turn" + strconv.Itoa(k)
	}
	return w.chain(name, func(c *chain) { w.write(c, k, marked) })
}

// write writes slot k in a chain that has nothing else to do.
func (w ringWriter) write(c *chain, k int, marked bool) {
	if k == len(w.slots)-1 {
		w.close(c)
		return
	}
	c.add(w.stamp(w.line(), k, marked)...)
}
