package live

import (
	"net/netip"
	"slices"
	"time"
)

// write puts into the batch all that a list knows of an address of which the
// packets came the given ages ago, the youngest first: every ring as if it had been
// there when they came. A TTL of 0 equals any, as that of an address added by hand.
//
// A ring of N keeps the last N stamps that are inside its window, the oldest in slot
// 0. Without markers the next one is written behind the youngest, or to slot 0 where
// all slots live.
func (l *List) write(b *batch, a netip.Addr, ages []time.Duration, ttl uint8) {
	for _, r := range l.rings {
		left := make([]time.Duration, 0, r.Hits)
		for _, age := range ages {
			if life := remaining(r.Window, age); life > 0 && len(left) < int(r.Hits) {
				left = append(left, life)
			}
		}
		slices.Reverse(left)
		r.write(b, a, left)
	}
	l.writeTTLs(b, a, ages, ttl)
}

// remaining is what is left of the life of a stamp in a window, 0 if nothing.
func remaining(window uint32, age time.Duration) time.Duration {
	if window == 0 {
		return forever
	}
	left := time.Duration(window)*time.Second - max(age, 0)
	if left < least {
		return 0
	}
	return left
}

// write puts stamps into the ring, given what is left of their lives, the oldest
// first and no more than it has slots.
func (r *ring) write(b *batch, a netip.Addr, left []time.Duration) {
	if len(left) == 0 {
		return
	}
	switch {
	case r.seen.there():
		r.put(b, r.seen, a, left[len(left)-1])
	case r.metered:
		// A bucket's tokens cannot be written; only that it was empty.
		if r.over.there() && len(left) == int(r.Hits) {
			b.add(r.over.set.setID, element{key: keyAt(r.over, a)})
		}
	default:
		for k, life := range left {
			r.put(b, r.slots[k], a, life)
		}
		r.gather(b, a, left)
	}
}

// gather writes the groups in which slots live, each for as long as the youngest does.
func (r *ring) gather(b *batch, a netip.Addr, left []time.Duration) {
	for g := range r.group {
		if from := g * r.groupSize; from < len(left) {
			r.put(b, r.group[g], a, left[min(from+r.groupSize, len(left))-1])
		}
	}
}

// put adds one element. In a set of its own the timeout is the set's.
func (r *ring) put(b *batch, p place, a netip.Addr, life time.Duration) {
	e := element{key: keyAt(p, a)}
	if r.Window > 0 {
		e.expires = life
		if p.tag >= 0 {
			e.timeout = time.Duration(r.Window) * time.Second
		}
	}
	b.add(p.set.setID, e)
}

// writeTTLs notes the TTL that the address was seen with, or all of them.
func (l *List) writeTTLs(b *batch, a netip.Addr, ages []time.Duration, ttl uint8) {
	if len(ages) == 0 {
		return
	}
	for _, s := range l.ttls {
		life := remaining(s.window, slices.Min(ages))
		switch {
		case life == 0:
		case ttl > 0:
			s.put(b, a, ttl-uint8(s.less), life)
		default:
			for any := range 256 {
				s.put(b, a, uint8(any), life)
			}
		}
	}
}

func (s ttlSet) put(b *batch, a netip.Addr, ttl uint8, life time.Duration) {
	e := element{key: append(a.AsSlice(), ttl, 0, 0, 0)}
	if s.window > 0 {
		e.expires = life
	}
	b.add(s.set.setID, e)
}
