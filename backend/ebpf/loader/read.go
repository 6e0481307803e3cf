package loader

import (
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
	if m := maps[at.Map]; at.Approximate && m != nil {
		return approxEntries(m, at)
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

// valueOf reads all of a list in one moment.
func valueOf(maps map[string]*cilium.Map, l ebpf.List) (raw []byte, err error) {
	m := maps[l.Map]
	if m == nil {
		return nil, fmt.Errorf("list %s: its map %s is gone", l.Name, l.Map)
	}
	if err := m.LookupWithFlags(l.Key, &raw, cilium.LookupLock); err != nil {
		return nil, fmt.Errorf("list %s: %w", l.Name, err)
	}
	return raw, nil
}
