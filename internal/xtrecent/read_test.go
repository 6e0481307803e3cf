package xtrecent

import (
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/recentc/recentc/internal/jiffies"
	"github.com/recentc/recentc/internal/lab"
)

func TestParse(t *testing.T) {
	const text = "src=192.0.2.1 ttl: 64 last_seen: 4298564113 oldest_pkt: 2 4298563987, 4298564113\n" +
		"src=2001:0db8:0000:0000:0000:0000:0000:0001 ttl: 0 last_seen: 18446744073709551615 oldest_pkt: 1 18446744073709551615\n"
	got, err := Parse(strings.NewReader(text))
	want := []Entry{
		{Addr: netip.MustParseAddr("192.0.2.1"), TTL: 64, Stamps: []uint64{4298563987, 4298564113}, Next: 2},
		{Addr: netip.MustParseAddr("2001:db8::1"), Stamps: []uint64{1<<64 - 1}, Next: 1},
	}
	if diff := cmp.Diff(want, got, cmpopts.EquateComparable(netip.Addr{})); diff != "" || err != nil {
		t.Errorf("%v %s", err, diff)
	}
	for _, bad := range []string{"x", "src=192.0.2.1", "src=host ttl: 64 last_seen: 1 oldest_pkt: 2 1", "src=192.0.2.1 ttl: 256 last_seen: 1 oldest_pkt: 2 1", "src=192.0.2.1 ttl: 1 last_seen: 1 oldest_pkt: 2 1, x"} {
		if e, err := Parse(strings.NewReader(bad + "\n")); err == nil || !strings.Contains(err.Error(), "line 1") {
			t.Errorf("%q is read as %v, %v", bad, e, err)
		}
	}
}

func TestReadWithoutLists(t *testing.T) {
	if l, err := Read(filepath.Join(t.TempDir(), "none")); l != nil || err != nil {
		t.Error(l, err)
	}
}

func FuzzParse(f *testing.F) {
	f.Add("src=192.0.2.1 ttl: 64 last_seen: 4298564113 oldest_pkt: 2 4298563987, 4298564113\n")
	f.Add("src=2001:db8::1 ttl: 0 last_seen: 1 oldest_pkt: 1 1,,\n\n")
	f.Fuzz(func(t *testing.T, text string) {
		entries, err := Parse(strings.NewReader(text))
		for _, e := range entries {
			if err == nil && (!e.Addr.IsValid() || len(e.Stamps) == 0) {
				t.Errorf("%q gives %v", text, e)
			}
		}
	})
}

func TestParseJiffies(t *testing.T) {
	if j, err := parseJiffies(strings.NewReader("now at 1 nsecs\n .last_jiffies : 7\njiffies: 42\n\njiffies: 43\n")); j != 43 || err != nil {
		t.Error(j, err)
	}
	if _, err := parseJiffies(strings.NewReader("now at 1 nsecs\n")); err == nil {
		t.Error("no counter is no error")
	}
}

// TestClock holds that the clock is the one that xt_recent writes stamps by: a stamp
// of now is no older than the time around its writing.
func TestClock(t *testing.T) {
	lab.Require(t)
	err := lab.WithNamespace(func(ns *lab.Namespace) error {
		if err := lab.Legacy("", "*filter\n-A INPUT -m recent --name L --set\nCOMMIT\n", "").Load(ns); err != nil {
			return err
		}
		return ns.Do(func() error {
			stamp := func() (uint64, error) {
				if err := Add(Dir, "L", netip.MustParseAddr("192.0.2.1")); err != nil {
					return 0, err
				}
				l, err := Read(Dir)
				if err != nil {
					return 0, err
				}
				s := l[0].Entries[0].Stamps
				newest := s[0]
				for _, j := range s {
					newest = max(newest, j)
				}
				return newest, nil
			}
			clock, err := ReadClock(nil)
			if err != nil {
				return err
			}
			before := time.Now()
			j, err := stamp()
			if err != nil {
				return err
			}
			after := time.Now()
			const tick = 25 * time.Millisecond // two ticks of the slowest clock, and ours
			if age := clock.Age(j, after); age < -tick || age > after.Sub(before)+tick {
				t.Errorf("a stamp of now is %v old; it took %v", age, after.Sub(before))
			}
			probed, err := jiffies.Measure(stamp)
			if err != nil || probed.HZ != clock.HZ {
				t.Errorf("by xt_recent's own stamps %+v, %v; by %s %+v", probed, err, timerList, clock)
			}
			return nil
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(timerList); err != nil {
		t.Log(err)
	}
}
