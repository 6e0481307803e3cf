package live

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/recentc/recentc/backend/nft"
	"golang.org/x/sys/unix"
)

// ParseAddrs reads addresses as they are given to list add and list del: plain ones,
// no networks, no names. The error is an [InputError] that names the first that is none.
func ParseAddrs(words []string) (out []netip.Addr, err error) {
	for _, w := range words {
		a, err := netip.ParseAddr(w)
		if err != nil || a.Zone() != "" {
			return nil, wrong("%q is not an address such as 192.0.2.1 or 2001:db8::1; nothing was changed", w)
		}
		out = append(out, a.Unmap())
	}
	return out, nil
}

// ReadAddrs reads addresses from a stream, any number in a line. What follows a #
// is a comment.
func ReadAddrs(r io.Reader) ([]netip.Addr, error) {
	var words []string
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		line, _, _ := strings.Cut(lines.Text(), "#")
		words = append(words, strings.Fields(line)...)
	}
	if err := lines.Err(); err != nil {
		return nil, err
	}
	return ParseAddrs(words)
}

// An Edit is what a change of a list did.
type Edit struct {
	// Changed counts the addresses that were stamped or removed.
	Changed int
	// Masked maps addresses that were given to what the list's mask makes of them.
	Masked map[netip.Addr]netip.Addr
	// Uncounted are windows that an address by hand cannot count in, because they
	// are token buckets.
	Uncounted []string
}

// Add stamps addresses now, in the order given and as often as they are given, as
// writing "+address" to /proc/net/xt_recent does. Unlike there the list's mask is
// applied: xt_recent keeps such an address as it is, and then no packet ever finds it.
// All of it happens or nothing.
func Add(table, name string, addrs []netip.Addr) (Edit, error) {
	return edit(table, name, addrs, true)
}

// Del removes addresses, as writing "-address" does. One that is not in the list is
// no error. The list's mask is applied. All of it happens or nothing.
func Del(table, name string, addrs []netip.Addr) (Edit, error) {
	return edit(table, name, addrs, false)
}

func edit(table, name string, addrs []netip.Addr, add bool) (out Edit, err error) {
	c := handChange{What: "del", Backend: "nft", Table: table, List: name, Addrs: addrs}
	if add {
		c.What = "add"
	}
	err = byHand(c, func() (err error) {
		out, err = editNamed(table, name, addrs, add)
		return err
	})
	return out, err
}

func editNamed(table, name string, addrs []netip.Addr, add bool) (out Edit, err error) {
	lists, err := Named(table, name)
	if err != nil {
		return out, err
	}
	for _, a := range addrs {
		if !slices.ContainsFunc(lists, func(l *List) bool { return l.Family == familyOf(a) }) {
			return out, wrong("%s: list %s is only loaded for the other family; nothing was changed", a, name)
		}
	}
	return editLists(lists, addrs, add, 0)
}

// editLists changes lists as it should have been done some time ago.
func editLists(lists []*List, addrs []netip.Addr, add bool, age time.Duration) (out Edit, err error) {
	for range editTries {
		out, err = editOnce(lists, addrs, add, age)
		if !errors.Is(err, unix.ENOENT) && !errors.Is(err, unix.EEXIST) {
			break // else an element expired, or a packet wrote it, while we were at it
		}
	}
	if errors.Is(err, unix.ENFILE) {
		err = errors.New("the list is full; nothing was changed. recentc apply --ip-list-tot makes it larger")
	}
	return out, err
}

// editTries bounds how often a change is tried that packets get in the way of.
const editTries = 20

func editOnce(lists []*List, addrs []netip.Addr, add bool, age time.Duration) (out Edit, err error) {
	out.Masked = map[netip.Addr]netip.Addr{}
	b := newBatch()
	for _, l := range lists {
		if err := l.edit(b, addrs, add, age, &out); err != nil {
			return out, err
		}
	}
	return out, b.commit()
}

// edit takes out what is to be removed or written anew, and writes it.
func (l *List) edit(b *batch, addrs []netip.Addr, add bool, age time.Duration, out *Edit) error {
	order, times := l.count(addrs, out)
	if len(order) == 0 {
		return nil
	}
	now, err := l.read(times)
	if err != nil {
		return err
	}
	for _, a := range order {
		if was := now.erase(b, a, add); was || add {
			out.Changed++
		}
	}
	b.barrier()
	if !add {
		return nil
	}
	for _, a := range order {
		now.restamp(b, a, times[a], age)
	}
	for _, r := range l.rings {
		if r.metered {
			out.Uncounted = append(out.Uncounted, fmt.Sprintf("%d hits in %d s", r.Hits, r.Window))
		}
	}
	return nil
}

// count masks the addresses of the list's family and counts how often each is given.
func (l *List) count(addrs []netip.Addr, out *Edit) (order []netip.Addr, times map[netip.Addr]int) {
	times = map[netip.Addr]int{}
	for _, a := range addrs {
		if familyOf(a) != l.Family {
			continue
		}
		m := l.masked(a)
		if m != a {
			out.Masked[a] = m
		}
		if times[m]++; times[m] == 1 {
			order = append(order, m)
		}
	}
	return order, times
}

// erase removes all that is known of an address, or, to write them anew, its stamps
// alone. It tells whether there was anything.
func (c *contents) erase(b *batch, a netip.Addr, stampsOnly bool) bool {
	st := c.addrs[a]
	if st == nil {
		return false
	}
	for _, f := range st.found {
		if !stampsOnly || !ofFlood(f.what) {
			b.remove(f.set.setID, []byte(f.key))
		}
	}
	return true
}

// ofFlood tells whether a kind of set is about how a source goes on, not about its stamps.
func ofFlood(k nft.Kind) bool { return k == nft.KindHeld || k == nft.KindWatch || k == nft.KindOver }

// restamp adds stamps of an age to what was known of an address. The address keeps the
// TTLs that it was seen with; a new one equals any.
func (c *contents) restamp(b *batch, a netip.Addr, times int, age time.Duration) {
	st := c.addrs[a]
	if st == nil {
		st = &state{slots: make([][]time.Duration, len(c.rings))}
	}
	passed := time.Since(c.at)
	for i, r := range c.rings {
		left := aged(st.slots[i], passed)
		if life := remaining(r.Window, age); life > 0 {
			left = append(left, slices.Repeat([]time.Duration{life}, times)...)
			slices.Sort(left) // a packet may have come since
		}
		r.write(b, a, left[max(0, len(left)-int(r.Hits)):])
	}
	for _, t := range st.ttls {
		s := c.ttls[t.set]
		life := remaining(s.window, age)
		if old := aged([]time.Duration{t.left}, passed); len(old) > 0 {
			life = max(life, old[0])
		}
		if life > 0 {
			s.put(b, a, t.ttl, life)
		}
	}
	if !st.stamped() {
		c.writeTTLs(b, a, []time.Duration{age}, 0)
	}
}

// aged are the lives that are left after some time, without those that have ended.
func aged(lives []time.Duration, passed time.Duration) (out []time.Duration) {
	for _, life := range lives {
		if life != forever {
			life -= passed
		}
		if life >= least {
			out = append(out, life)
		}
	}
	return out
}

// Flush empties a list, in both families, as writing "/" does.
func Flush(table, name string) error {
	return byHand(handChange{What: "flush", Backend: "nft", Table: table, List: name}, func() error {
		lists, err := Named(table, name)
		if err != nil {
			return err
		}
		return flushLists(lists)
	})
}

func flushLists(lists []*List) error {
	b := newBatch()
	for _, l := range lists {
		l.flush(b)
	}
	return b.commit()
}

func (l *List) flush(b *batch) {
	for _, s := range l.sets {
		b.flush(s.setID)
	}
}
