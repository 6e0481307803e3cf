package nft

import (
	"fmt"
	"strconv"

	"github.com/recentc/recentc/compile"
)

// ring answers one question of a list: at least Hits stamps in the last Window
// seconds?
//
// One hit needs one set with the window as its timeout. More hits keep the last
// Hits stamps of an address: slot k is an element that lives as long as the
// window, and a position says which slot is the oldest. The N-th youngest stamp
// is inside the window if and only if all slots live. The position lives as long
// as the youngest slot, so an address that was quiet begins at slot 0 again.
//
// A source that stays over the limit faster than Hits stamps in holdTime is held
// for holdTime: it counts as over the limit, and nothing is recorded. Writing
// every packet of a flood would delete and add the same position hundreds of
// times a second, and nftables keeps deleted elements for a second.
type ring struct {
	compile.Ring
	l    *list
	base string
	// plain is the only set of a ring with one hit.
	plain ref
	slots []ref
	// at[k] says that slot k is written next; at[0] is nowhere recorded in a
	// ring without groups: it is the absence of the others.
	at []ref
	// group[g] says that the next slot lies in group g, for rings so large that
	// looking through all positions would be slow. groupSize is 0 without groups.
	group     []ref
	groupSize int
	held      ref
	busy      *set
	over      ref
	hit       [2]string
}

// holdTime is how long a flooding source is held, in milliseconds. A window can
// end up to twice this too early after a flood, and never too late.
const holdTime = 50

// holdTimeout is holdTime as nft writes it, HoldBound the bound it gives.
const (
	holdTimeout = "50ms"
	holdBound   = "0.1 s"
)

func (l *list) newRing(q compile.Ring, compact bool) *ring {
	r := &ring{Ring: q, l: l, base: ringBase(l, q)}
	switch {
	case q.Hits == 1:
		s := l.addSet(r.base, timeoutOf(q.Window), l.Name+": "+describe(q), r.role(KindSeen))
		r.plain = ref{s, -1, ""}
	case l.t.opts.Meter && q.Window > 0:
		r.meterSets()
	case compact:
		r.compactRefs()
	default:
		r.wideRefs()
	}
	return r
}

// ringBase names a ring: SSH_60s_4 is 4 hits in 60 s of list SSH.
func ringBase(l *list, q compile.Ring) string {
	name := l.base
	if q.Window > 0 {
		name += "_" + seconds(q.Window)
	}
	if q.Hits > 1 {
		name += "_" + strconv.FormatUint(uint64(q.Hits), 10)
	}
	return name
}

func describe(q compile.Ring) string {
	what := "addresses seen"
	if q.Hits > 1 {
		what = fmt.Sprintf("addresses seen %d times", q.Hits)
	}
	if q.Window > 0 {
		return what + " in the last " + seconds(q.Window)
	}
	return what
}

// timed tells whether the ring turns: without a window stamps never leave, so a
// ring that is full stays full and needs no positions.
func (r *ring) timed() bool { return r.Window > 0 }

// wideRefs gives every slot and position a set of its own.
func (r *ring) wideRefs() {
	n := int(r.Hits)
	for k := range n {
		s := r.l.addSet(r.base+"_s"+strconv.Itoa(k), timeoutOf(r.Window), "", r.roleAt(KindSlot, k))
		if k == 0 {
			s.about = r.l.Name + ": " + describe(r.Ring) + ": all of _s0 to _s" + strconv.Itoa(n-1)
			if r.timed() {
				s.about += "; _p1 to _p" + strconv.Itoa(n-1) + " say which is written next"
			}
		}
		r.slots = append(r.slots, ref{s, -1, ""})
	}
	if !r.timed() {
		return
	}
	r.at = append(r.at, ref{})
	for k := 1; k < n; k++ {
		r.at = append(r.at, ref{r.l.addSet(r.base+"_p"+strconv.Itoa(k), timeoutOf(r.Window), "", r.roleAt(KindNext, k)), -1, ""})
	}
	r.held = ref{r.l.addSet(r.base+"_held", holdTimeout, r.l.Name+": sources that flood; over the limit for "+holdTimeout, r.role(KindHeld)), -1, ""}
	r.addBusy(r.role(KindBusy))
}

// compactRefs gives every slot and position a tag in the list's one set. A ring
// without a window has slots alone and gets a set for them.
func (r *ring) compactRefs() {
	if !r.timed() {
		tags := TagsOf(r.Ring, 0, false)
		all := r.l.addTagged(r.base+"_ring", r.l.Name+": "+describe(r.Ring)+": the number behind an address is a slot", r.role(KindTags))
		all.size = sizeOf(r.l.capacity(), tags.count())
		r.slots = tagged(all, tags.Slots, "")
		return
	}
	busy := r.role(KindBusy)
	busy.Tags, busy.Grouped = r.l.tags, r.l.byPosition(r.Ring, true)
	tags := TagsOf(r.Ring, busy.Tags, busy.Grouped)
	r.l.tags += tags.count()
	bulk, timeout := r.l.bulkSet(), timeoutOf(r.Window)
	r.slots, r.at, r.group = tagged(bulk, tags.Slots, timeout), tagged(bulk, tags.Next, timeout), tagged(bulk, tags.Group, timeout)
	r.groupSize = tags.GroupSize
	r.held = ref{bulk, tags.Held, holdTimeout}
	r.addBusy(busy)
}

func tagged(s *set, tags []int, timeout string) (out []ref) {
	for _, tag := range tags {
		out = append(out, ref{s, tag, timeout})
	}
	return out
}

// addBusy adds the set with each source's rate, which only the hold looks at.
func (r *ring) addBusy(role Role) {
	r.busy = r.l.addSet(r.base+"_busy", "2s", r.l.Name+": how fast a source over the limit goes on, to hold those that flood", role)
}

// refs are all places in which the ring keeps what is known of an address. The
// hold is not one of them: it means nothing without a full ring.
func (r *ring) refs() (out []ref) {
	for _, list := range [][]ref{{r.plain}, r.slots, r.at, r.group, {r.over}} {
		for _, x := range list {
			if x.set != nil {
				out = append(out, x)
			}
		}
	}
	return out
}

// full is the test whether the ring answers yes.
func (r *ring) full(side compile.Side) form {
	key := r.l.key(side, true)
	switch {
	case r.plain.set != nil:
		return all(r.plain.has(key))
	case r.over.set != nil:
		return all(r.over.has(key))
	case !r.timed():
		return all(r.slots[len(r.slots)-1].has(key)) // slots fill in order
	case r.group != nil:
		return r.fullByPosition(key)
	}
	var slots []stmt
	for k := len(r.slots) - 1; k >= 0; k-- {
		slots = append(slots, r.slots[k].has(key))
	}
	return anyOf(r.holding(key), slots)
}

// holding is the test of the hold. Where the list can be told to forget an
// address, the last slot is asked too: it is empty then until the ring is full
// again, so that a hold from before does not count.
func (r *ring) holding(key string) []stmt {
	if !r.l.Forgets {
		return []stmt{r.held.has(key)}
	}
	return []stmt{r.held.has(key), r.slots[len(r.slots)-1].has(key)}
}

// fullByPosition tests the oldest slot only, wherever it is: a rule holds fewer
// lookups than a large ring has slots.
func (r *ring) fullByPosition(key string) form {
	f := anyOf(r.holding(key))
	for k := range r.slots {
		f.alts = append(f.alts, []stmt{r.at[k].has(key), r.slots[k].has(key)})
	}
	return f
}

// recordStmt writes a stamp to the ring.
func (r *ring) recordStmt(side compile.Side) stmt {
	key := r.l.key(side, true)
	if r.plain.set != nil {
		return r.plain.put(key)
	}
	if r.hit[side] == "" {
		r.hitChain(side)
	}
	return jumpTo(r.hit[side])
}

func (r *ring) hitChain(side compile.Side) {
	c := r.addChain("hit", side, "records an address in "+r.base)
	r.hit[side] = c.name
	key := r.l.key(side, true)
	switch {
	case r.over.set != nil:
		r.meterRules(c, key)
	case !r.timed():
		r.fillRules(c, key)
	case r.group != nil:
		r.groupRules(c, side, key)
	default:
		c.add(join(r.holding(key), []stmt{decide("return")})...)
		r.turnRules(c, side, key, 0, len(r.slots))
	}
}

func (r *ring) addChain(what string, side compile.Side, about string) *chain {
	return r.l.t.addListChain(r.base+"_"+what+sideSuffix(side), about)
}

func (c *chain) add(stmts ...stmt) { c.rules = append(c.rules, rule{stmts: stmts}) }

// fillRules fill the slots of a ring without a window one after the other. The
// last slot is tested first: a full ring has nothing to record.
func (r *ring) fillRules(c *chain, key string) {
	last := len(r.slots) - 1
	c.add(r.slots[last].has(key), decide("return"))
	for k := last - 1; k >= 0; k-- {
		next := r.addChain("hit"+strconv.Itoa(k+1), compile.SourceSide, "")
		next.add(r.slots[k+1].put(key))
		c.add(r.slots[k].has(key), goTo(next.name))
	}
	c.add(r.slots[0].put(key))
}

// turnRules find the position among slots from to to and write there.
func (r *ring) turnRules(c *chain, side compile.Side, key string, from, to int) {
	for k := from; k < to; k++ {
		if r.at[k].set == nil {
			continue
		}
		next := r.addChain("hit"+strconv.Itoa(k), side, "")
		r.writeSlot(next, side, key, k)
		c.add(r.at[k].has(key), goTo(next.name))
	}
	if from == 0 {
		r.writeSlot(c, side, key, 0)
	}
}

// writeSlot stamps slot k and moves the position on. The slot comes first and
// the old position last: whichever write a full set refuses, what was known of
// the address stays true. The next slot still alive means that the ring is full.
func (r *ring) writeSlot(c *chain, side compile.Side, key string, k int) {
	n := len(r.slots)
	next := (k + 1) % n
	stmts := []stmt{r.slots[k].put(key)}
	var old []ref
	if r.at[next].set != nil {
		stmts = append(stmts, r.at[next].put(key))
	}
	if r.group != nil {
		stmts = append(stmts, r.group[next/r.groupSize].put(key))
		if next/r.groupSize != k/r.groupSize {
			old = append(old, r.group[k/r.groupSize])
		}
	}
	if r.at[k].set != nil {
		old = append(old, r.at[k])
	}
	for _, ref := range old {
		stmts = append(stmts, ref.delete(key))
	}
	c.add(stmts...)
	for _, ref := range old {
		c.add(ref.clear(key)...)
	}
	c.add(r.slots[next].has(key), r.limiter(key), r.held.put(key))
}

// limiter is over the rate for a source of which all slots were written within
// holdTime: burst and rate are those of Hits stamps in holdTime. Only such a
// source may be held, since what is not recorded then cannot move its window by
// more than twice holdTime.
func (r *ring) limiter(key string) stmt {
	rate := int(r.Hits) * 1000 / holdTime
	return stmt{class: change, text: fmt.Sprintf("update @%s { %s limit rate over %d/second burst %d packets }", r.busy.name, key, rate, r.Hits)}
}

// groupRules look for the group first and then for the position in it.
func (r *ring) groupRules(c *chain, side compile.Side, key string) {
	c.add(join(r.holding(key), []stmt{decide("return")})...)
	for g := range r.group {
		next := r.addChain("group"+strconv.Itoa(g), side, "")
		from := g * r.groupSize
		r.turnRules(next, side, key, from, min(from+r.groupSize, len(r.slots)))
		c.add(r.group[g].has(key), goTo(next.name))
	}
	r.writeSlot(c, side, key, 0)
}
