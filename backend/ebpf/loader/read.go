package loader

import (
	"errors"
	"fmt"

	cilium "github.com/cilium/ebpf"
	"github.com/recentc/recentc/backend/ebpf"
)

// Counter is what a rule has counted.
type Counter struct{ Packets, Bytes uint64 }

// Counters are those of all rules, in the order of Output.Rules.
func (l *Loaded) Counters() ([]Counter, error) {
	return counters(l.coll.Maps[ebpf.CountersMap], len(l.out.Rules))
}

// counters adds up what each processor has counted.
func counters(m *cilium.Map, rules int) ([]Counter, error) {
	out := make([]Counter, rules)
	for i := range out {
		var perCPU []Counter
		if err := m.Lookup(uint32(i), &perCPU); err != nil {
			return nil, fmt.Errorf("counter of rule %d: %w", i, err)
		}
		for _, c := range perCPU {
			out[i].Packets += c.Packets
			out[i].Bytes += c.Bytes
		}
	}
	return out, nil
}

// Entries is what a list holds, the address written longest ago in front. The
// list is read in one moment, with its lock held. The error is a list that is
// not there, or one whose parts contradict each other.
func (l *Loaded) Entries(list string) ([]ebpf.Entry, error) {
	return entriesOf(l.coll.Maps, l.out.Lists, list)
}

func entriesOf(maps map[string]*cilium.Map, lists []ebpf.List, name string) ([]ebpf.Entry, error) {
	at, err := find(lists, name)
	if err != nil {
		return nil, err
	}
	raw, err := valueOf(maps, at)
	if err != nil {
		return nil, err
	}
	entries, err := ebpf.ReadList(at, raw)
	if err != nil {
		return nil, fmt.Errorf("list %s: %w", name, err)
	}
	return entries, nil
}

func find(lists []ebpf.List, name string) (ebpf.List, error) {
	for _, l := range lists {
		if l.Name == name {
			return l, nil
		}
	}
	return ebpf.List{}, fmt.Errorf("there is no list %q", name)
}

// valueOf reads all of a list in one moment. The error is one that is in an LRU map, with others.
func valueOf(maps map[string]*cilium.Map, l ebpf.List) (raw []byte, err error) {
	switch m := maps[l.Map]; {
	case l.Approximate:
		return nil, fmt.Errorf("list %s: %w", l.Name, ErrApproximate)
	case m == nil:
		return nil, fmt.Errorf("list %s: its map %s is gone", l.Name, l.Map)
	default:
		err = m.LookupWithFlags(l.Key, &raw, cilium.LookupLock)
	}
	if err != nil {
		return nil, fmt.Errorf("list %s: %w", l.Name, err)
	}
	return raw, nil
}

// ErrApproximate is the error for a list that is kept with --lru approx.
var ErrApproximate = errors.New("it is kept with --lru approx, in a map of the kernel's that many lists share; only lists kept exactly can be read and changed")
