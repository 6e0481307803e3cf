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
// window. The slots are written in turn, so those that live are one run that ends
// with the youngest, and the N-th youngest stamp is inside the window if and only
// if all slots live.
//
// Where the next stamp goes is seen from the slots themselves as long as the last
// one is dead: behind the youngest, or to slot 0 where none lives. While the last
// slot lives, the turn markers tell which slots were written after it; they are
// written then only, so that an address with few stamps costs one new element a
// stamp. See ring_turn.go.
type ring struct {
	compile.Ring
	l    *list
	base string
	// plain is the only set of a ring with one hit.
	plain ref
	slots []ref
	// turn are the markers of the slots written in this turn.
	turn []ref
	// group[g] lives as long as a slot of group g does, in rings so large that
	// looking at all slots would be slow. groupSize is 0 without groups.
	group     []ref
	groupSize int
	hold
	over ref
	// inline tells that slots are found by rules of one chain instead of chains
	// of their own: slower, and fewer chains to load.
	inline bool
	hit    [2]string
	asked  [2]*op
	chains map[string]*chain
}

func (l *list) newRing(q compile.Ring, compact bool) *ring {
	r := &ring{Ring: q, l: l, base: ringBase(l, q), inline: compact, chains: map[string]*chain{}}
	switch {
	case q.Hits == 1:
		s := l.addSet(r.base, timeoutOf(q.Window), l.Name+": "+describe(q), r.role(KindSeen))
		r.plain = ownRef(s)
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
// ring that is full stays full.
func (r *ring) timed() bool { return r.Window > 0 }

// markers is how many turn markers a ring has: each is written in the first half of
// a turn and removed in the second.
func markers(q compile.Ring) int { return (int(q.Hits) + 1) / 2 }

// last is the slot whose end closes a turn.
func (r *ring) last() ref { return r.slots[len(r.slots)-1] }

// wideRefs gives every slot and marker a set of its own.
func (r *ring) wideRefs() {
	n := int(r.Hits)
	own := func(name, about string, role Role) ref {
		return ownRef(r.l.addSet(r.base+name, timeoutOf(r.Window), about, role))
	}
	for k := range n {
		about := ""
		if k == 0 {
			about = r.l.Name + ": " + describe(r.Ring) + ": all of _s0 to _s" + strconv.Itoa(n-1)
		}
		r.slots = append(r.slots, own("_s"+strconv.Itoa(k), about, r.roleAt(KindSlot, k)))
	}
	if !r.timed() {
		return
	}
	for k := range markers(r.Ring) {
		about := ""
		if k == 0 {
			about = r.l.Name + ": while _s" + strconv.Itoa(n-1) + " lives: which slots were written after it"
		}
		r.turn = append(r.turn, own("_t"+strconv.Itoa(k), about, r.roleAt(KindTurn, k)))
	}
	r.wideHold()
}

// compactRefs gives every slot and marker a tag in the ring's one set.
func (r *ring) compactRefs() {
	role := r.role(KindTags)
	role.Grouped = r.timed() && r.l.byPosition(r.Ring, true)
	tags := TagsOf(r.Ring, role.Grouped)
	about := r.l.Name + ": " + describe(r.Ring) + ": the number behind an address is a slot"
	if r.timed() {
		about += ", a marker or a hold"
	}
	all, timeout := r.l.addTagged(r.base, about, role, tags.count()), timeoutOf(r.Window)
	r.slots, r.turn, r.group = tagged(all, tags.Slots, timeout), tagged(all, tags.Turn, timeout), tagged(all, tags.Group, timeout)
	r.groupSize = tags.GroupSize
	if r.timed() {
		r.held, r.turned = newRef(all, tags.Held, holdTimeout), newRef(all, tags.Turned, holdTimeout)
	}
}

func tagged(s *set, tags []int, timeout string) (out []ref) {
	for _, tag := range tags {
		out = append(out, newRef(s, tag, timeout))
	}
	return out
}

// refs are all places in which the ring keeps what is known of an address. The
// hold and the markers are not among them: they mean nothing without a last slot,
// and that has its stamp only after all others have.
func (r *ring) refs() (out []ref) {
	for _, list := range [][]ref{{r.plain}, r.slots, r.group, {r.over}} {
		for _, x := range list {
			if x.set != nil {
				out = append(out, x)
			}
		}
	}
	return out
}

// recordStmt writes a stamp to the ring.
func (r *ring) recordStmt(side compile.Side) stmt {
	key := r.l.keys[side]
	if r.plain.set != nil {
		return r.plain.put(key)
	}
	if r.hit[side] == "" {
		r.hitChain(side)
	}
	return jumpTo(r.hit[side])
}

// restampStmt is recordStmt where the ring is known to be full.
func (r *ring) restampStmt(side compile.Side) stmt {
	plain := r.recordStmt(side)
	if r.held.set == nil {
		return plain
	}
	w := ringWriter{r, side, r.l.keys[side]}
	return jumpTo(w.chain("turn", nil))
}

// countStmts count the packet of a watched source, which is not held, as often as
// it would be recorded.
func (r *ring) countStmts(side compile.Side, again bool) (out []stmt) {
	w := ringWriter{r, side, r.l.keys[side]}
	out = append(out, jumpTo(w.chain("count", nil)))
	if again {
		out = append(out, jumpTo(w.chain("watched", nil)))
	}
	return out
}

func (r *ring) hitChain(side compile.Side) {
	c := r.addChain("hit", side, "records an address in "+r.base)
	r.hit[side] = c.name
	key := r.l.keys[side]
	w := ringWriter{r, side, key}
	switch {
	case r.over.set != nil:
		r.meterRules(c, key)
	case !r.timed():
		r.fillRules(c, key)
	case r.inline:
		w.inlineRules(c)
	default:
		w.chainRules(c)
	}
}

func (r *ring) addChain(what string, side compile.Side, about string) *chain {
	return r.l.t.addListChain(r.base+"_"+what+sideSuffix(side), about)
}

// add adds a rule to a chain of a list.
func (c *chain) add(stmts ...stmt) {
	c.rules = append(c.rules, rule{stmts: c.room.keep(stmts)})
}

// fillRules fill the slots of a ring without a window one after the other. Writing
// a slot again changes nothing there. The last slot is tested first: a full ring
// has nothing to record.
func (r *ring) fillRules(c *chain, key address) {
	c.add(r.last().has(key), returns)
	for k := len(r.slots) - 1; k > 0; k-- {
		c.add(r.slots[k-1].has(key), r.slots[k].put(key))
	}
	c.add(r.slots[0].put(key))
}
