package live

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"time"

	"github.com/recentc/recentc/backend/nft"
	"github.com/recentc/recentc/internal/jiffies"
	"github.com/recentc/recentc/internal/lab"
	"github.com/recentc/recentc/internal/xtrecent"
	"golang.org/x/sys/unix"
)

// importer carries the lists of xt_recent over: every stamp gets the slot and the
// remaining life that it would have here, so that every later answer is the one that
// xt_recent would have given.
type importer struct {
	dir   string
	clock jiffies.Clock
	// early lists are filled before the rules come, late ones, whose sets are made
	// anew together with the rules, behind them.
	early, late []filling
	done        []Imported
	// filled is when the last list was filled: what is younger was recorded here.
	filled time.Time
	// unnamed are lists that no rule of the translation names.
	unnamed []string
}

type filling struct {
	list    *List
	entries []xtrecent.Entry
}

// newImporter reads the lists and finds where they go. It changes nothing. More
// addresses than a list has room for are an [InputError].
func newImporter(dir string, steps []*step) (*importer, error) {
	clock, err := xtrecent.ReadClock(probe)
	if err != nil {
		return nil, fmt.Errorf("the kernel's clock, by which the ages of lists are counted, cannot be read: %w", err)
	}
	lists, err := xtrecent.Read(dir)
	if err != nil {
		return nil, err
	}
	im := &importer{dir: dir, clock: clock}
	named := map[string]bool{}
	for _, s := range steps {
		for _, to := range targets(s.to) {
			named[to.label] = true
			if err := im.plan(s, to, lists); err != nil {
				return nil, err
			}
		}
	}
	for _, l := range lists {
		if !named[nft.ListLabel(l.Name)] && len(l.Entries) > 0 {
			im.unnamed = append(im.unnamed, l.Name)
		}
	}
	return im, nil
}

// plan notes what goes to one list.
func (im *importer) plan(s *step, to *List, lists []xtrecent.List) error {
	entries, found := entriesFor(to, lists)
	if !found {
		return nil
	}
	f := filling{list: to, entries: entries}
	if len(f.entries) > int(to.capacity) {
		return wrong("xt_recent's list %s holds %d addresses, more than the %d of the translation; use --ip-list-tot %d", to.Name, len(f.entries), to.capacity, len(f.entries))
	}
	for _, x := range to.sets {
		if s.whole || !s.kept[x.name] && !s.isNew(x.name) {
			im.late = append(im.late, f)
			return nil
		}
	}
	im.early = append(im.early, f)
	return nil
}

// entriesFor are the addresses of a list that are of its family.
func entriesFor(to *List, lists []xtrecent.List) (out []xtrecent.Entry, found bool) {
	at := slices.IndexFunc(lists, func(l xtrecent.List) bool { return nft.ListLabel(l.Name) == to.label })
	if at < 0 {
		return nil, false
	}
	for _, e := range lists[at].Entries {
		if familyOf(e.Addr) == to.Family {
			out = append(out, e)
		}
	}
	return out, true
}

// fill writes lists in one transaction. What they held before is replaced.
func (im *importer) fill(early bool) error {
	fillings := im.late
	if early {
		fillings = im.early
	}
	b := newBatch()
	for _, f := range fillings {
		f.list.flush(b)
	}
	for _, f := range fillings {
		im.done = append(im.done, im.write(b, f))
	}
	if err := b.commit(); err != nil {
		return importError(err)
	}
	if len(fillings) > 0 {
		im.filled = time.Now()
	}
	return nil
}

func importError(err error) error {
	if errors.Is(err, unix.ENFILE) {
		err = errors.New("a list is full")
	}
	return fmt.Errorf("import of xt_recent's lists: %w", err)
}

// write puts the entries of one list into the batch.
func (im *importer) write(b *batch, f filling) Imported {
	done := Imported{Name: f.list.Name, Family: f.list.Family, Addresses: len(f.entries)}
	var ages []time.Duration
	for _, e := range f.entries {
		now := time.Now()
		ages = ages[:0]
		for _, s := range e.Stamps {
			ages = append(ages, im.clock.Age(s, now))
		}
		slices.Sort(ages)
		f.list.write(b, e.Addr, ages, e.TTL)
		done.Stamps += len(ages)
	}
	return done
}

func (im *importer) notes() (out []string) {
	for _, name := range im.unnamed {
		out = append(out, fmt.Sprintf("xt_recent's list %s is not carried over: no rule of the input names it", name))
	}
	slices.SortFunc(im.done, func(a, b Imported) int {
		return slices.Compare([]string{a.Name, a.Family}, []string{b.Name, b.Family})
	})
	return out
}

// unimported notes lists that are left behind because nobody asked for them.
func unimported(dir string, tables []nft.Table) (notes []string) {
	lists, err := xtrecent.Read(dir)
	if err != nil {
		return nil
	}
	for _, l := range lists {
		if len(l.Entries) > 0 && slices.ContainsFunc(tables, func(t nft.Table) bool {
			return slices.ContainsFunc(targets(t), func(to *List) bool { return to.label == nft.ListLabel(l.Name) })
		}) {
			notes = append(notes, fmt.Sprintf("xt_recent's list %s holds %d addresses that are not carried over; --import-lists does that", l.Name, len(l.Entries)))
		}
	}
	return notes
}

// probe returns a stamp of now, written by xt_recent in a namespace of its own, for a
// kernel that shows its clock nowhere. No list of anyone's is touched.
func probe() (stamp uint64, err error) {
	err = lab.WithNamespace(func(ns *lab.Namespace) error {
		const rules = "*filter\n-A INPUT -m recent --name recentc --set\nCOMMIT\n"
		if err := lab.Legacy("", rules, "").Load(ns); err != nil {
			return err
		}
		return ns.Do(func() error {
			if err := xtrecent.Add(xtrecent.Dir, "recentc", netip.MustParseAddr("192.0.2.1")); err != nil {
				return err
			}
			lists, err := xtrecent.Read(xtrecent.Dir)
			if err != nil || len(lists) != 1 || len(lists[0].Entries) != 1 {
				return fmt.Errorf("xt_recent's own clock: %v, %w", lists, err)
			}
			stamp = lists[0].Entries[0].Stamps[0]
			return nil
		})
	})
	return stamp, err
}
