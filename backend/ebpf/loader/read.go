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

func find(lists []ebpf.List, name string) (ebpf.List, error) {
	for _, l := range lists {
		if l.Name == name {
			return l, nil
		}
	}
	return ebpf.List{}, fmt.Errorf("there is no list %q", name)
}
