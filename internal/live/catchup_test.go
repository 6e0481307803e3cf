package live

import (
	"net/netip"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/recentc/recentc/internal/xtrecent"
)

// TestUnion holds that a packet that both firewalls saw counts once.
func TestUnion(t *testing.T) {
	const s, tick = time.Second, 4 * time.Millisecond
	for _, c := range []struct {
		name       string
		a, b, want []time.Duration
	}{
		{"nothing", nil, nil, nil},
		{"one side", []time.Duration{s, 2 * s}, nil, []time.Duration{s, 2 * s}},
		{"the same packets", []time.Duration{s, 2 * s}, []time.Duration{s + tick, 2*s - tick}, []time.Duration{s, 2 * s}},
		{"one more here", []time.Duration{s}, []time.Duration{s, s, 3 * s}, []time.Duration{s, s, 3 * s}},
		{"between", []time.Duration{s, 3 * s}, []time.Duration{2 * s}, []time.Duration{s, 2 * s, 3 * s}},
		{"for ever", []time.Duration{forever}, []time.Duration{forever, forever}, []time.Duration{forever, forever}},
	} {
		if diff := cmp.Diff(c.want, union(c.a, c.b)); diff != "" && len(c.want) > 0 {
			t.Errorf("%s: %s", c.name, diff)
		}
	}
}

func TestChanges(t *testing.T) {
	entry := func(a string, ttl uint8, stamps ...uint64) xtrecent.Entry {
		return xtrecent.Entry{Addr: netip.MustParseAddr(a), TTL: ttl, Stamps: stamps}
	}
	got := changes(
		[]xtrecent.Entry{entry("192.0.2.1", 64, 1, 2), entry("192.0.2.2", 64, 1), entry("192.0.2.3", 64, 1), entry("192.0.2.4", 64, 1)},
		[]xtrecent.Entry{entry("192.0.2.1", 64, 1, 2), entry("192.0.2.2", 64, 1, 5), entry("192.0.2.4", 63, 1), entry("192.0.2.5", 64, 5)},
	)
	want := map[string]int{"192.0.2.2": 2, "192.0.2.3": 0, "192.0.2.4": 1, "192.0.2.5": 1}
	stamps := map[string]int{}
	for a, e := range got {
		stamps[a.String()] = len(e.Stamps)
	}
	if diff := cmp.Diff(want, stamps); diff != "" {
		t.Error(diff)
	}
}
