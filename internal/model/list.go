package model

import "container/list"

// addrList is struct recent_table: the entries of one list and the order in which they were written.
type addrList struct {
	mask [16]byte
	ring ringMask
	// most is ip_list_tot.
	most    int
	entries map[key]*entry
	// written has the entries, the one written longest ago in front.
	written list.List
}

func newList(mask [16]byte, most int) *addrList {
	return &addrList{mask: mask, most: most, entries: map[key]*entry{}}
}

// find is recent_entry_lookup. A TTL of 0 on either side equals any.
func (l *addrList) find(k key, ttl uint8) *entry {
	e := l.entries[k]
	if e != nil && (ttl == e.ttl || ttl == 0 || e.ttl == 0) {
		return e
	}
	return nil
}

// add is recent_entry_init: a new entry with one stamp, for which the one written longest ago has
// to leave if the list is full.
func (l *addrList) add(k key, ttl uint8, now tick) {
	if len(l.entries) >= l.most {
		l.remove(l.oldest())
	}
	e := &entry{key: k, ttl: ttl, stamps: []tick{now}, index: 1}
	e.place = l.written.PushBack(e)
	l.entries[k] = e
}

// stamp is recent_entry_update.
func (l *addrList) stamp(e *entry, now tick) {
	e.stamp(now, l.ring)
	l.written.MoveToBack(e.place)
}

func (l *addrList) remove(e *entry) {
	l.written.Remove(e.place)
	delete(l.entries, e.key)
}

// oldest is the entry written longest ago; there must be one.
func (l *addrList) oldest() *entry { return l.written.Front().Value.(*entry) }

// reap is recent_entry_reap: of the whole list only the entry written longest ago is looked at. The
// entry that the packet is about to stamp is spared.
func (l *addrList) reap(edge tick, about *entry, stamps bool) {
	e := l.oldest()
	if stamps && e == about || !e.staleAt(edge) {
		return
	}
	l.remove(e)
}

func (l *addrList) flush() {
	l.written.Init()
	clear(l.entries)
}
