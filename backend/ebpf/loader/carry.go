package loader

import (
	"cmp"
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"math"
	"net/netip"
	"slices"

	cilium "github.com/cilium/ebpf"
	"github.com/recentc/recentc/backend/ebpf"
)

// A Source reads what a list holds elsewhere, the address written longest ago in front.
type Source func() ([]ebpf.Entry, error)

// carried is a list that was filled before its rules came. Until they do, its source
// goes on to change.
type carried struct {
	list   ebpf.List
	source Source
	// entries are what was carried over.
	entries []ebpf.Entry
}

// Carry fills a list of the new programs, which must not be attached yet. What its source
// still records until they are is carried over by Switch. It returns what the source holds.
func (c *Change) Carry(list string, source Source) ([]ebpf.Entry, error) {
	l, err := find(c.new.out.Lists, list)
	if err != nil {
		return nil, err
	}
	entries, err := source()
	if err != nil {
		return nil, err
	}
	fill := fillExact
	if l.Approximate {
		fill = fillApprox
	}
	if err := fill(c.new.coll.Maps[l.Map], l, entries); err != nil {
		return nil, err
	}
	c.carried = append(c.carried, carried{l, source, entries})
	return entries, nil
}

// fillExact puts entries into a list that no packet sees yet.
func fillExact(m *cilium.Map, l ebpf.List, entries []ebpf.Entry) error {
	var seeds ebpf.Seeds
	if err := binary.Read(rand.Reader, binary.LittleEndian, &seeds); err != nil {
		return err
	}
	if err := m.Put(l.Key, ebpf.WriteList(l, entries, seeds)); err != nil {
		return fmt.Errorf("list %s: %w", l.Name, err)
	}
	return nil
}

// Kept tells what becomes of a list that was there before.
type Kept struct {
	List string
	// Emptied tells that the list begins empty, because it has another mask now.
	Emptied bool
	// Forgotten is how many addresses have no room any more: those written longest ago.
	Forgotten int
}

// KeepLists carries what stands over to all lists of the new programs that have the name
// and the mask of one before, but for those named.
func (c *Change) KeepLists(but ...string) (out []Kept, err error) {
	if c.before == nil {
		return nil, nil
	}
	for _, l := range c.new.out.Lists {
		old, err := find(c.before.Lists, l.Name)
		if err != nil || slices.Contains(but, l.Name) {
			continue
		}
		if old.Mask != l.Mask {
			out = append(out, Kept{List: l.Name, Emptied: true})
			continue
		}
		entries, err := c.Carry(l.Name, func() ([]ebpf.Entry, error) { return c.before.Entries(l.Name) })
		if err != nil {
			return nil, err
		}
		out = append(out, Kept{List: l.Name, Forgotten: max(0, len(entries)-room(l))})
	}
	return out, nil
}

// room is how many addresses a list surely holds.
func room(l ebpf.List) int {
	if l.Approximate {
		return math.MaxInt // where the kernel forgets as it likes
	}
	return int(l.Slots)
}

// catchUp carries over what the sources recorded between Carry and Switch.
func (c *Change) catchUp() error {
	for _, k := range c.carried {
		now, err := k.source()
		if err != nil {
			return err
		}
		if slices.EqualFunc(k.entries, now, sameEntry) {
			continue
		}
		if err := c.catchUpList(k, now); err != nil {
			return err
		}
	}
	return nil
}

func (c *Change) catchUpList(k carried, now []ebpf.Entry) error {
	ours, err := c.new.Entries(k.list.Name)
	if err != nil {
		return err
	}
	e, err := newEditor(c.new.coll.Maps, &c.new.out.Description)
	if err != nil {
		return err
	}
	defer e.Close()
	for _, edit := range missed(k.entries, now, ours) {
		if edit.forget {
			_, err = e.Forget(k.list.Name, edit.addr)
		} else {
			err = e.Add(k.list.Name, edit.addr, edit.ttl, edit.at)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func sameEntry(a, b ebpf.Entry) bool {
	return a.Addr == b.Addr && a.TTL == b.TTL && slices.Equal(a.InOrder(), b.InOrder())
}

// missedEdit is a packet that a source saw and we did not: a stamp, or a removal.
type missedEdit struct {
	addr   netip.Addr
	ttl    uint8
	at     uint64
	forget bool
}

// missed finds what happened to a source between two readings that our list, which began
// as the first one, does not have. A packet that passed both has a stamp in each.
func missed(before, after, ours []ebpf.Entry) (out []missedEdit) {
	was, have := byAddr(before), byAddr(ours)
	for _, e := range after {
		left := fresh(have[e.Addr], was[e.Addr])
		for _, s := range fresh(e, was[e.Addr]) {
			if at := slices.IndexFunc(left, func(o uint64) bool { return sameMoment(s, o) }); at >= 0 {
				left = slices.Delete(left, at, at+1)
				continue
			}
			out = append(out, missedEdit{addr: e.Addr, ttl: e.TTL, at: s})
		}
	}
	slices.SortStableFunc(out, func(a, b missedEdit) int { return cmp.Compare(a.at, b.at) })
	is := byAddr(after)
	for _, e := range before {
		if _, still := is[e.Addr]; !still && len(fresh(have[e.Addr], e)) == 0 {
			out = append(out, missedEdit{addr: e.Addr, forget: true})
		}
	}
	return out
}

func byAddr(entries []ebpf.Entry) map[netip.Addr]ebpf.Entry {
	out := make(map[netip.Addr]ebpf.Entry, len(entries))
	for _, e := range entries {
		out[e.Addr] = e
	}
	return out
}

// fresh are the stamps of an entry that it did not have before.
func fresh(e, before ebpf.Entry) (out []uint64) {
	had := map[uint64]int{}
	for _, s := range before.Stamps {
		had[s]++
	}
	for _, s := range e.InOrder() {
		if had[s]--; had[s] < 0 {
			out = append(out, s)
		}
	}
	return out
}

// sameMoment tells whether two stamps can be of one packet, which comes to both firewalls
// at once, or just behind a tick of the clock to the second.
func sameMoment(a, b uint64) bool { return a-b+1 <= 2 }
