package nft

import (
	"slices"
	"strconv"
)

// hold is what a ring keeps of sources that flood.
//
// A source that stays over the limit faster than Hits stamps in holdTime is held
// for holdTime: it counts as over the limit, and nothing is recorded. Writing
// every packet of a flood would delete and add the same marker hundreds of times
// a second, and nftables keeps deleted elements for a second.
//
// For another holdTime the source is watched: its packets are counted, and still
// not recorded. If they are as many as before, all slots are written at once and
// the source is held again, so that a flood costs no new elements. What is not
// recorded in both times can move the window by twice holdTime, and the slots
// that are written at once are at most holdTime younger than the stamps that they
// stand for.
//
// Only such a source may be held: all its slots were written within holdTime. In
// record that is seen at the end of a turn, from the mark that was left at its
// begin, and in a watch from a limiter. All slots live for almost a
// window more then, which sure remembers. A ring in a compact list has no watch
// and no sure, and one of few slots no sure.
type hold struct {
	held, turned, watch, sure ref
	busy                      *set
}

// holdTime is how long a flooding source is held, in milliseconds. The window can
// end up to twice this too early after a flood, and up to this too late.
const holdTime = 50

// holdTimeout and watchTimeout are holdTime and twice that as nft writes them,
// holdBound the bound that they give.
const (
	holdTimeout  = "50ms"
	watchTimeout = "100ms"
	holdBound    = "0.1 s early or 0.05 s late"
)

// few slots are looked at as soon as sure.
const few = 4

func (r *ring) wideHold() {
	add := func(kind Kind, timeout, about string) ref {
		return ownRef(r.l.addSet(r.base+"_"+string(kind), timeout, r.l.Name+": "+about, r.role(kind)))
	}
	r.held = add(KindHeld, holdTimeout, "sources that flood; over the limit for "+holdTimeout)
	r.watch = add(KindWatch, watchTimeout, "sources that flooded; not recorded yet, but held again if they go on")
	if len(r.slots) > few {
		r.sure = add(KindFull, sureTimeout(r.Window), "sources that flooded; all slots live as long as this")
	}
	// A flood leaves twenty copies a second that have expired, and every packet looks past them.
	r.held.set.collect = "100ms"
	r.turned = add(KindTurned, holdTimeout, "sources whose turn began, for "+holdTimeout)
	r.busy = add(KindBusy, "2s", "how fast a watched source goes on").set
}

// sureTimeout is a little less than a ring stays full after all its slots were
// written within holdTime.
func sureTimeout(window uint32) string {
	if window == 1 {
		return strconv.Itoa(1000-2*holdTime) + "ms"
	}
	return timeoutOf(window - 1)
}

// holdRules stand in front of what records a source whose last slot lives. Who is
// held is watched, too.
func (w ringWriter) holdRules(c *chain) {
	if w.watch.set == nil {
		c.add(w.held.has(w.key), returns)
		return
	}
	c.add(w.watch.has(w.key), goTo(w.chain("watched", w.watchRules)))
}

// turnEnd holds a source whose turn took less than holdTime: the mark that slot 0
// left is still there, and all slots were written since.
func (w ringWriter) turnEnd(c *chain) {
	c.add(w.puts([]stmt{w.turned.has(w.key), w.held.put(w.key)}, w.watches())...)
}

// puts adds writes of the places.
func (w ringWriter) puts(out []stmt, places []ref) []stmt {
	for _, place := range places {
		out = append(out, place.put(w.key))
	}
	return out
}

// watches are the places that a watched source is in besides the slots.
func (r *ring) watches() (out []ref) {
	for _, place := range []ref{r.watch, r.sure} {
		if place.set != nil {
			out = append(out, place)
		}
	}
	return out
}

// limiter is over for a source that sends more than Hits packets in holdTime.
func (w ringWriter) limiter() stmt {
	rate := int(w.Hits) * 1000 / holdTime
	return limited(w.busy, w.key.field, uint64(rate), "second", w.Hits)
}

// watchRules count a watched source that is not held.
func (w ringWriter) watchRules(c *chain) {
	c.add(w.held.has(w.key), returns)
	c.add(goTo(w.chain("count", w.countRules)))
}

// countRules count a packet, and where that shows the flood goes on, write all slots
// at once and hold the source again: one rule, which a limiter that is not over
// ends. All slots live and no marker is set as long as the source is watched, since
// that began with a turn's end. So only the hold is new to its set, and can be
// refused; it comes last.
func (w ringWriter) countRules(c *chain) {
	refreshed := slices.Concat(w.slots, w.watches())
	if len(refreshed) > w.writesInRule() {
		c.add(w.limiter(), w.held.put(w.key))
		c.add(w.held.has(w.key), goTo(w.chain("again", func(c *chain) { w.refresh(c, refreshed) })))
		return
	}
	c.add(w.puts([]stmt{w.limiter()}, append(refreshed, w.held))...)
}

// refresh writes the places in as many rules as it takes.
func (w ringWriter) refresh(c *chain, places []ref) {
	for some := range slices.Chunk(places, w.writesInRule()) {
		c.add(w.puts(nil, some)...)
	}
}

// writesInRule is how many writes certainly fit in one rule beside a limiter. The
// kernel refuses a rule of over 4 KiB, and Linux 6.1 keeps up to 120 bytes for a
// write, and 70 more for the mask of an IPv6 address.
func (w ringWriter) writesInRule() int {
	if w.l.FullMask() {
		return 24
	}
	return 16
}
