package live

import (
	"encoding/binary"
	"errors"
	"net/netip"
	"runtime"
	"slices"
	"sync"
	"time"

	"github.com/recentc/recentc/backend/nft"
)

// least is the shortest life worth writing: the kernel counts in ticks of up to
// 10 ms, and takes an element with none left for one with its whole life.
const least = 11 * time.Millisecond

// state is what a list holds of one address.
type state struct {
	// slots are, for each ring of the list, what is left of the life of the stamps;
	// forever for a stamp that stays.
	slots [][]time.Duration
	// held and over tell for each ring whether the address is held, and over the limit.
	held, over []bool
	ttls       []ttlStamp
	// found is every element of the address.
	found []foundAt
}

type foundAt struct {
	set  *loadedSet
	key  string
	what nft.Kind
}

type ttlStamp struct {
	set  int // of List.ttls
	ttl  uint8
	left time.Duration
}

// forever is the life of an element without a timeout.
const forever = time.Duration(1<<63 - 1)

// contents is what a list holds, read at one time.
type contents struct {
	*List
	at    time.Time
	addrs map[netip.Addr]*state
}

// where says what an element of a set means: the ring's number, and what of it.
type where struct {
	ring, slot int
	what       nft.Kind
	ttl        int
}

// read reads the list. Without wanted it reads all addresses.
func (l *List) read(wanted map[netip.Addr]int) (*contents, error) {
	out := &contents{List: l, at: time.Now(), addrs: map[netip.Addr]*state{}}
	meaning := l.meaning()
	var sets []*loadedSet
	for _, s := range l.sets {
		if meaning[s] != nil && (wanted != nil || told(s.role.Kind)) {
			sets = append(sets, s) // the others say nothing of interest, and cost as much
		}
	}
	elements, err := dumpSets(sets, out.at, wanted != nil)
	if err != nil {
		return nil, err
	}
	for i, s := range sets {
		for _, e := range elements[i] {
			out.take(s, meaning[s], e, wanted)
		}
	}
	for _, st := range out.addrs {
		out.judge(st)
	}
	return out, nil
}

// told tells whether a kind of set says more of an address than where its next stamp goes.
func told(k nft.Kind) bool {
	return k != nft.KindTurn && k != nft.KindTurned && k != nft.KindWatch && k != nft.KindFull
}

// dumpSets reads several sets at once, as many as there are CPUs.
func dumpSets(sets []*loadedSet, at time.Time, careful bool) ([]map[string]element, error) {
	out, errs := make([]map[string]element, len(sets)), make([]error, len(sets))
	next := make(chan int, len(sets))
	for i := range sets {
		next <- i
	}
	close(next)
	var all sync.WaitGroup
	defer all.Wait()
	for range min(runtime.GOMAXPROCS(0), len(sets)) {
		r, err := newReader() // here, because a goroutine may be in another namespace
		if err != nil {
			return nil, err
		}
		all.Go(func() {
			defer r.Close()
			for i := range next {
				out[i], errs[i] = r.dump(sets[i].setID, at, careful)
			}
		})
	}
	all.Wait()
	return out, errors.Join(errs...)
}

// meaning tells, by set and tag, what an element there means.
func (l *List) meaning() map[*loadedSet]map[int]where {
	out := map[*loadedSet]map[int]where{}
	note := func(p place, w where) {
		if !p.there() {
			return
		}
		if out[p.set] == nil {
			out[p.set] = map[int]where{}
		}
		out[p.set][p.tag] = w
	}
	for i, r := range l.rings {
		note(r.seen, where{ring: i, what: nft.KindSlot})
		for k, p := range r.slots {
			note(p, where{ring: i, slot: k, what: nft.KindSlot})
		}
		for _, p := range slices.Concat(r.turn, r.group) {
			note(p, where{ring: i, what: nft.KindTurn})
		}
		for _, p := range r.flood {
			note(p, where{ring: i, what: nft.KindWatch})
		}
		note(r.held, where{ring: i, what: nft.KindHeld})
		note(r.over, where{ring: i, what: nft.KindOver})
	}
	for i, t := range l.ttls {
		note(place{t.set, -1}, where{what: nft.KindTTL, ttl: i})
	}
	return out
}

// take files one element.
func (c *contents) take(s *loadedSet, meaning map[int]where, e element, wanted map[netip.Addr]int) {
	addr, rest, ok := splitKey(c.Family, e.key)
	if !ok || wanted != nil && wanted[addr] == 0 {
		return
	}
	tag := -1
	if len(rest) == 4 && s.role.Kind == nft.KindTags {
		tag = int(binary.NativeEndian.Uint32(rest))
	}
	w, ok := meaning[tag]
	if !ok {
		return
	}
	st := c.addrs[addr]
	if st == nil {
		st = &state{slots: make([][]time.Duration, len(c.rings)), held: make([]bool, len(c.rings)), over: make([]bool, len(c.rings))}
		c.addrs[addr] = st
	}
	if wanted != nil {
		st.found = append(st.found, foundAt{s, string(e.key), w.what})
	}
	left := e.expires
	if left == 0 {
		left = forever
	}
	c.note(st, w, left, rest)
}

func (c *contents) note(st *state, w where, left time.Duration, rest []byte) {
	switch w.what {
	case nft.KindSlot:
		if st.slots[w.ring] == nil {
			st.slots[w.ring] = make([]time.Duration, c.rings[w.ring].Hits)
		}
		st.slots[w.ring][w.slot] = left
	case nft.KindHeld:
		st.held[w.ring] = true
	case nft.KindOver:
		st.over[w.ring] = true
	case nft.KindTTL:
		if len(rest) == 4 {
			st.ttls = append(st.ttls, ttlStamp{w.ttl, rest[0], left})
		}
	}
}

// judge sorts the stamps, the one that leaves first in front, and tells for each
// ring whether its answer is yes.
func (c *contents) judge(st *state) {
	for i, r := range c.rings {
		st.slots[i] = slices.DeleteFunc(st.slots[i], func(left time.Duration) bool { return left == 0 })
		slices.Sort(st.slots[i])
		switch {
		case r.over.there():
		case len(st.slots[i]) >= int(r.Hits):
			st.over[i] = true
		case st.held[i]:
			st.over[i] = !c.churned
		}
	}
}

// stamped tells whether any stamp of the address is left.
func (st *state) stamped() bool {
	return slices.ContainsFunc(st.slots, func(s []time.Duration) bool { return len(s) > 0 })
}

// splitKey takes an element's key apart: the address, and what follows it.
func splitKey(family string, key []byte) (a netip.Addr, rest []byte, ok bool) {
	n := 4
	if family == "ip6" {
		n = 16
	}
	if len(key) < n {
		return a, nil, false
	}
	a, ok = netip.AddrFromSlice(key[:n])
	return a, key[n:], ok
}

// keyAt is the key of an address at a place.
func keyAt(p place, a netip.Addr) []byte {
	key := a.AsSlice()
	if p.tag >= 0 {
		key = binary.NativeEndian.AppendUint32(key, uint32(p.tag))
	}
	return key
}
