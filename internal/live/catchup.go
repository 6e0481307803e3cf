package live

import (
	"errors"
	"net/netip"
	"slices"
	"time"

	"github.com/recentc/recentc/internal/xtrecent"
	"golang.org/x/sys/unix"
)

// catchUp carries over what xt_recent recorded and removed between the first look at
// its lists and the moment in which the new rules came: some tens of milliseconds, in
// which an attack does not rest.
func (im *importer) catchUp() error {
	lists, err := xtrecent.Read(im.dir)
	if err != nil {
		return err
	}
	for _, f := range slices.Concat(im.early, im.late) {
		entries, found := entriesFor(f.list, lists)
		if changed := changes(f.entries, entries); found && len(changed) > 0 {
			if err := im.catchUpList(f.list, changed); err != nil {
				return importError(err)
			}
		}
	}
	return nil
}

// changes are the entries that are not as they were, and those that are gone, without
// stamps.
func changes(before, now []xtrecent.Entry) map[netip.Addr]xtrecent.Entry {
	out := map[netip.Addr]xtrecent.Entry{}
	for _, e := range before {
		out[e.Addr] = xtrecent.Entry{Addr: e.Addr}
	}
	known := make(map[netip.Addr]xtrecent.Entry, len(before))
	for _, e := range before {
		known[e.Addr] = e
	}
	for _, e := range now {
		if k, ok := known[e.Addr]; ok && k.TTL == e.TTL && slices.Equal(k.Stamps, e.Stamps) {
			delete(out, e.Addr)
		} else {
			out[e.Addr] = e
		}
	}
	return out
}

// catchUpList writes the addresses anew that changed, with what the new rules have
// recorded of them meanwhile.
func (im *importer) catchUpList(l *List, changed map[netip.Addr]xtrecent.Entry) (err error) {
	wanted := make(map[netip.Addr]int, len(changed))
	for a := range changed {
		wanted[a] = 1
	}
	for range editTries {
		now, e := l.read(wanted)
		if e != nil {
			return e
		}
		b := newBatch()
		for a := range changed {
			now.erase(b, a, true)
		}
		b.barrier()
		for a, e := range changed {
			im.merge(b, now, a, e)
		}
		if err = b.commit(); !errors.Is(err, unix.ENOENT) && !errors.Is(err, unix.EEXIST) {
			break // else a packet changed an address while we were at it
		}
	}
	return err
}

// merge writes the stamps of both firewalls: a packet that passed the first has one in each.
func (im *importer) merge(b *batch, c *contents, a netip.Addr, e xtrecent.Entry) {
	now := time.Now()
	var ages []time.Duration
	for _, s := range e.Stamps {
		ages = append(ages, im.clock.Age(s, now))
	}
	st := c.addrs[a]
	if st == nil {
		st = &state{slots: make([][]time.Duration, len(c.rings))}
	}
	for i, r := range c.rings {
		left := union(lives(r.Window, ages), recorded(r.Window, aged(st.slots[i], now.Sub(c.at)), now.Sub(im.filled)))
		r.write(b, a, left[max(0, len(left)-int(r.Hits)):])
	}
	c.writeTTLs(b, a, ages, e.TTL)
	for _, t := range st.ttls {
		for _, left := range aged([]time.Duration{t.left}, now.Sub(c.at)) {
			c.ttls[t.set].put(b, a, t.ttl, left)
		}
	}
}

// lives are what is left of the lives of stamps in a window, the oldest first.
func lives(window uint32, ages []time.Duration) (out []time.Duration) {
	for _, age := range ages {
		if left := remaining(window, age); left > 0 {
			out = append(out, left)
		}
	}
	slices.Sort(out)
	return out
}

// recorded are those lives that began within the time given. Without a window nobody
// knows; what xt_recent has says as much then.
func recorded(window uint32, left []time.Duration, within time.Duration) (out []time.Duration) {
	for _, life := range left {
		if window > 0 && time.Duration(window)*time.Second-life < within {
			out = append(out, life)
		}
	}
	return out
}

// sameMoment is how far apart two stamps of one packet are at most: two ticks of the
// kernel's clock on either side, and what our own reading of it is off.
const sameMoment = 25 * time.Millisecond

// union puts sorted lives together. One of a and one of b that end at the same moment
// are of the same packet.
func union(a, b []time.Duration) (out []time.Duration) {
	for len(a) > 0 && len(b) > 0 {
		switch d := a[0] - b[0]; {
		case d < -sameMoment:
			out, a = append(out, a[0]), a[1:]
		case d > sameMoment:
			out, b = append(out, b[0]), b[1:]
		default:
			out, a, b = append(out, a[0]), a[1:], b[1:]
		}
	}
	return slices.Concat(out, a, b)
}
