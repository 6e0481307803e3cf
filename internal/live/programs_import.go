package live

import (
	"cmp"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/recentc/recentc/backend/ebpf"
	"github.com/recentc/recentc/internal/xtrecent"
)

// carry fills lists from xt_recent's, of the same names. Stamps are in the same unit, so
// nothing has to be converted.
func (l *programs) carry() error {
	lists, err := xtrecent.Read(l.Proc)
	if err != nil {
		if !l.Import {
			return nil
		}
		return err
	}
	for _, from := range lists {
		at := slices.IndexFunc(l.Programs.Lists, func(to ebpf.List) bool { return to.Name == from.Name })
		switch {
		case len(from.Entries) == 0:
		case !l.Import && at >= 0:
			l.note("xt_recent's list %s holds %d addresses that are not carried over; --import-lists does that", from.Name, len(from.Entries))
		case at < 0 && l.Import:
			l.note("xt_recent's list %s is not carried over: no rule of the input names it", from.Name)
		}
		if l.Import && at >= 0 {
			if err := l.carryList(l.Programs.Lists[at], len(from.Entries)); err != nil {
				return err
			}
		}
	}
	return nil
}

func (l *programs) note(format string, args ...any) {
	l.notes = append(l.notes, fmt.Sprintf(format, args...))
}

func (l *programs) carryList(to ebpf.List, addresses int) error {
	if addresses > int(to.Slots) && !to.Approximate {
		return wrong("xt_recent's list %s holds %d addresses, more than the %d of the translation; use --ip-list-tot %d", to.Name, addresses, to.Slots, addresses)
	}
	var last []ebpf.Entry
	entries, err := l.change.Carry(to.Name, func() ([]ebpf.Entry, error) {
		now, found, err := readXtRecent(l.Proc, to.Name)
		if found {
			last = now
		}
		return last, err // a list that goes with its rules was no different before
	})
	if err != nil {
		return err
	}
	done := Imported{Name: to.Name, Addresses: len(entries)}
	for _, e := range entries {
		done.Stamps += len(e.Stamps)
	}
	l.imported = append(l.imported, done)
	if tot := listTot(); tot > 0 && tot != to.Slots && !to.Approximate {
		l.note("list %s forgets the oldest address when it holds %d; xt_recent's does so at %d: --ip-list-tot %d makes them alike", to.Name, to.Slots, tot, tot)
	}
	return nil
}

// readXtRecent reads a list of xt_recent's, the address written longest ago in front: the
// one with the oldest youngest stamp. /proc does not show the order among those of one
// tick of the clock.
func readXtRecent(dir, name string) (out []ebpf.Entry, found bool, err error) {
	lists, err := xtrecent.Read(dir)
	if err != nil {
		return nil, false, err
	}
	at := slices.IndexFunc(lists, func(l xtrecent.List) bool { return l.Name == name })
	if at < 0 {
		return nil, false, nil
	}
	for _, e := range lists[at].Entries {
		out = append(out, ebpf.Entry{Addr: e.Addr, TTL: e.TTL, Stamps: e.Stamps, Next: e.Next})
	}
	slices.SortStableFunc(out, func(a, b ebpf.Entry) int { return cmp.Compare(a.Youngest(), b.Youngest()) })
	return out, true, nil
}

// listTot is xt_recent's ip_list_tot on this machine, 0 if nobody knows.
func listTot() uint32 {
	text, err := os.ReadFile("/sys/module/xt_recent/parameters/ip_list_tot")
	if err != nil {
		return 0
	}
	n, _ := strconv.ParseUint(strings.TrimSpace(string(text)), 10, 32)
	return uint32(n)
}
