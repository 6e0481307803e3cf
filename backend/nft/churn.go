package nft

import (
	"github.com/recentc/recentc/compile"
)

// An address that is recorded and removed over and over leaves an element behind
// each time, which nftables marks dead and collects a second later. More than 16
// in one hash chain make the kernel rebuild the table, in the background; 16 more
// before it got to that, and new elements of the address are lost without a sign,
// and with them the protection. A source that is removed more often than
// churnBurst times at once, or churnRate times a second in the long run, is
// therefore cut off: for cutTimeout, whatever would record or remove it drops its
// packet. (xt_recent drops a packet too where it cannot record.) The burst is
// larger than what is safe within a few milliseconds, because the background has
// its turn between the packets of any real source.
const (
	churnRate  = 20
	churnBurst = 80
	cutTimeout = "1s"
)

// addChurn adds the sets that watch a list that is both written and removed from.
func (l *list) addChurn() {
	if !l.Forgets || !l.Written {
		return
	}
	l.churn = l.addSet(l.base+"_churn", "2s", l.Name+": how fast an address is removed again and again", l.role(KindChurn))
	l.cut = ownRef(l.addSet(l.base+"_cut", cutTimeout, l.Name+": sources that are removed too fast; their packets are dropped", l.role(KindCut)))
}

// dropCut drops what comes from a source that is cut off.
func (l *list) dropCut(c *chain, side compile.Side) {
	if l.cut.set != nil {
		c.add(l.cut.has(l.keys[side]), counts, drops)
	}
}

// countChurn counts the removal of an address that is there.
func (l *list) countChurn(c *chain, side compile.Side) {
	if l.cut.set == nil {
		return
	}
	key := l.keys[side]
	c.add(l.order[0].any().has(key), limited(l.churn, key.field, churnRate, "second", churnBurst), l.cut.put(key))
}

// any is a place where an address of the ring is found first.
func (r *ring) any() ref {
	switch {
	case r.plain.set != nil:
		return r.plain
	case r.over.set != nil:
		return r.over
	}
	return r.slots[0]
}
