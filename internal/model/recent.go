package model

import (
	"github.com/recentc/recentc/compile"
)

// recent is one -m recent, evaluated as a whole.
type recent struct {
	*compile.Recent
	list *addrList
	// window is the kernel's idea of --seconds.
	window tick
}

// newRecent takes the match that a list step comes from.
func (b *builder) newRecent(m *compile.Recent) test {
	r := &recent{Recent: m, list: b.lists[m.Name], window: b.clock.window(m.Seconds)}
	return r.holds
}

// holds is recent_mt.
func (r *recent) holds(v *visit) bool {
	k := keyOf(v.addr(r.Side)).masked(r.list.mask)
	ttl := v.arrivalTTL()
	e := r.list.find(k, r.askedTTL(ttl))
	if e == nil {
		return r.absent(k, ttl, v.now)
	}
	matched := r.present(e, v.now)
	if r.Op == compile.Set || r.Op == compile.Update && matched {
		r.list.stamp(e, v.now)
		e.ttl = ttl
	}
	return matched
}

// askedTTL is the TTL that an entry must have, 0 for any.
func (r *recent) askedTTL(ttl uint8) uint8 {
	if !r.TTL {
		return 0
	}
	return ttl
}

// absent decides about an address that is not in the list.
func (r *recent) absent(k key, ttl uint8, now tick) bool {
	if r.Op != compile.Set {
		return r.Not
	}
	r.list.add(k, ttl, now)
	return !r.Not
}

// present decides about an address that is in the list, all but its stamp.
func (r *recent) present(e *entry, now tick) bool {
	switch r.Op {
	case compile.Set:
		return !r.Not
	case compile.Remove:
		r.list.remove(e)
		return !r.Not
	}
	edge := now - r.window
	matched := r.hit(e, edge) != r.Not
	if r.Reap {
		r.list.reap(edge, e, r.Op == compile.Update && matched)
	}
	return matched
}

// hit tells whether enough of the stamps are young enough. Without --seconds all are.
func (r *recent) hit(e *entry, edge tick) bool {
	enough := int(max(r.Hits, 1))
	if r.Seconds == 0 {
		return len(e.stamps) >= enough
	}
	return e.hits(edge, enough) >= enough
}
