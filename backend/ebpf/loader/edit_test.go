package loader

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/recentc/recentc/backend/ebpf"
	"github.com/recentc/recentc/internal/lab"
)

const edited = "*filter\n-A INPUT -p udp -m recent --name A --set\n-A INPUT -p udp -m recent --name A --rcheck --hitcount 5 -j DROP\n" +
	"-A INPUT -p tcp -m recent --name B --set --mask 255.255.255.0\nCOMMIT\n"

// held is a list as lines of address, TTL, how many stamps and where the next goes.
func held(entries []ebpf.Entry) (out []string) {
	for _, e := range entries {
		out = append(out, fmt.Sprintf("%v ttl %d, %d stamps, next %d", e.Addr, e.TTL, len(e.Stamps), e.Next))
	}
	slices.Sort(out)
	return out
}

// TestEditor does the same by hand to a list and to xt_recent's of the same rules: what
// the file in /proc shows, ours holds.
func TestEditor(t *testing.T) {
	t.Run("exact", func(t *testing.T) { testEditor(t, ebpf.Options{}, 130) }) // more than a list holds
	t.Run("approximate", func(t *testing.T) { testEditor(t, ebpf.Options{Approximate: true}, 80) })
}

func testEditor(t *testing.T, opts ebpf.Options, sources int) {
	withRoot(t, func(root string, ns *lab.Namespace) {
		if err := lab.Legacy("", edited, "").Load(ns); err != nil {
			t.Error(err)
			return
		}
		if err := Install(objectWith(t, edited, opts), root); err != nil {
			t.Error(err)
			return
		}
		in, err := Open(root)
		if err != nil {
			t.Error(err)
			return
		}
		defer in.Close()
		e, err := in.Editor()
		if err != nil {
			t.Error(err)
			return
		}
		defer e.Close()
		rng := rand.New(rand.NewPCG(1, 2))
		for i := range 900 {
			a := source(rng.IntN(sources))
			if rng.IntN(3) == 0 {
				a = netip.MustParseAddr(fmt.Sprintf("2001:db8::%x", rng.IntN(9)+1))
			}
			what := "+" + a.String()
			var err error
			switch rng.IntN(12) {
			case 0, 1:
				what = "-" + a.String()
				_, err = e.Forget("A", a)
			case 2:
				if i%100 < 3 {
					what = "/"
					err = e.Flush("A")
					break
				}
				fallthrough
			default:
				err = e.Add("A", a, 0, 0)
			}
			if err != nil {
				t.Errorf("%s: %v", what, err)
				return
			}
			if err := os.WriteFile("/proc/thread-self/net/xt_recent/A", []byte(what+"\n"), 0); err != nil {
				t.Errorf("%s: %v", what, err)
				return
			}
		}
		entries, err := in.Entries("A")
		if err != nil {
			t.Error(err)
		}
		want, err := os.ReadFile("/proc/thread-self/net/xt_recent/A")
		if err != nil {
			t.Error(err)
		}
		if diff := cmp.Diff(parseLists(t, string(want)), held(entries)); diff != "" || len(entries) < 50 {
			t.Errorf("%d addresses (-xt_recent +ebpf):\n%s", len(entries), diff)
		}
		if err := Remove(root); err != nil {
			t.Error(err)
		}
	})
}

func parseLists(t *testing.T, text string) (out []string) {
	t.Helper()
	for _, line := range strings.Split(strings.TrimSpace(text), "\n") {
		var src string
		var ttl, next int
		var seen uint64
		if _, err := fmt.Sscanf(line, "src=%s ttl: %d last_seen: %d oldest_pkt: %d", &src, &ttl, &seen, &next); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		out = append(out, fmt.Sprintf("%v ttl %d, %d stamps, next %d", netip.MustParseAddr(src), ttl, strings.Count(line, ",")+1, next))
	}
	slices.Sort(out)
	return out
}

// TestKeepLists replaces rules by others with lists of other shapes: what was in them is
// there as far as there is room, but not under another mask.
func TestKeepLists(t *testing.T) {
	withRoot(t, func(root string, _ *lab.Namespace) {
		if err := Install(object(t, edited), root); err != nil {
			t.Error(err)
			return
		}
		before := fill(t, root, 60)
		for _, c := range []struct {
			name, rules string
			stamps      int
			b           bool
		}{
			{"a longer ring", strings.Replace(edited, "--hitcount 5", "--hitcount 50", 1), 64, true},
			{"one more list", strings.Replace(edited, "-A INPUT -p udp", "-A INPUT -m recent --name AA --set\n-A INPUT -p udp", 1), 32, true},
			{"kept approximately", edited, 32, true},
			{"kept exactly again", edited, 32, true},
			{"another mask", strings.Replace(edited, "255.255.255.0", "255.255.0.0", 1), 32, false},
		} {
			if err := Install(objectWith(t, c.rules, ebpf.Options{Approximate: c.name == "kept approximately"}), root); err != nil {
				t.Errorf("%s: %v", c.name, err)
				return
			}
			in, err := Open(root)
			if err != nil {
				t.Error(err)
				return
			}
			after, err := in.Entries("A")
			if diff := cmp.Diff(inOrder(before), inOrder(after), cmpopts.EquateComparable(netip.Addr{})); diff != "" || err != nil {
				t.Errorf("%s: %v\n%s", c.name, err, diff)
			}
			if b, err := in.Entries("B"); err != nil || (len(b) == 1) != c.b {
				t.Errorf("%s: list B has %v, %v", c.name, b, err)
			}
			if l, err := find(in.Lists, "A"); err != nil || int(l.Stamps) != c.stamps {
				t.Errorf("%s: %d stamps, %v", c.name, l.Stamps, err)
			}
			in.Close()
		}
		if err := Remove(root); err != nil {
			t.Error(err)
		}
	})
}

// inOrder are entries with their stamps in the order of time.
func inOrder(entries []ebpf.Entry) (out []ebpf.Entry) {
	for _, e := range entries {
		out = append(out, ebpf.Entry{Addr: e.Addr, TTL: e.TTL, Stamps: e.InOrder()})
	}
	return out
}

// fill adds so many addresses to list A, some more than once, and one to B.
func fill(t *testing.T, root string, addresses int) []ebpf.Entry {
	t.Helper()
	in, err := Open(root)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	e, err := in.Editor()
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	for i := range addresses * 3 {
		if err := e.Add("A", source(i*7%addresses), uint8(i), uint64(i+1)); err != nil { // each at a time of its own
			t.Fatal(err)
		}
	}
	if err := e.Add("B", source(0), 0, 0); err != nil {
		t.Fatal(err)
	}
	entries, err := in.Entries("A")
	if err != nil {
		t.Fatal(err)
	}
	return entries
}

// TestRestore takes changes back: what stood before stands, with its lists as they were,
// and packets are treated as before.
func TestRestore(t *testing.T) {
	withRoot(t, func(root string, ns *lab.Namespace) {
		for _, rules := range []string{"", dropping, passing} {
			if rules != "" {
				if err := Install(object(t, rules), root); err != nil {
					t.Error(err)
					return
				}
				arrives(t)
			}
			passes := rules != dropping
			for _, other := range []string{dropping, passing} {
				c, err := Prepare(NewImage(object(t, other), ""), root)
				if err != nil {
					t.Error(err)
					return
				}
				if _, err := c.KeepLists(); err != nil {
					t.Error(err)
				}
				if err := c.Switch(); err != nil {
					t.Error(err)
					return
				}
				if got := arrives(t); got != (other == passing) {
					t.Errorf("%q: a packet arrives: %v", other, got)
				}
				if err := c.Restore(); err != nil {
					t.Error(err)
				}
				if got := arrives(t); got != passes {
					t.Errorf("%q is restored: a packet arrives: %v", rules, got)
				}
			}
			text, err := ns.Run("", "nft", "list", "tables")
			if err != nil || strings.Contains(text, trackerTable) != (rules == passing) {
				t.Errorf("tables behind %q: %s%v", rules, text, err)
			}
			if rules == "" {
				if _, err := os.Stat(root); err == nil {
					t.Errorf("%s is left", root)
				}
				continue
			}
			in, err := Open(root)
			if err != nil {
				t.Error(err)
				return
			}
			entries, err := in.Entries("A")
			if want := map[string]int{dropping: 3, passing: 6}[rules]; err != nil || len(entries) != 1 || len(entries[0].Stamps) != want {
				t.Errorf("the list holds %v, %v", entries, err)
			}
			in.Close()
		}
		if err := Remove(root); err != nil {
			t.Error(err)
		}
	})
}

// TestExchangeAtDevice replaces the program at a device, which the kernel does at once,
// and takes that back.
func TestExchangeAtDevice(t *testing.T) {
	withRoot(t, func(root string, _ *lab.Namespace) {
		for _, at := range []ebpf.Attach{ebpf.XDP, ebpf.TCIngress} {
			image := func(rules string) *Image { return NewImage(objectWith(t, rules, ebpf.Options{Attach: at}), "lo") }
			change := func(rules string) *Change {
				c, err := Prepare(image(rules), root)
				if err != nil {
					t.Fatal(err)
				}
				if err := c.Switch(); err != nil {
					t.Fatal(err)
				}
				return c
			}
			const none = "*filter\n-A INPUT -p udp -m recent --name A --set\nCOMMIT\n"
			if err := change(dropping).Keep(); err != nil || arrives(t) {
				t.Errorf("%v: not dropped, %v", at, err)
			}
			c := change(none)
			if !arrives(t) {
				t.Errorf("%v: the old program still drops", at)
			}
			if err := c.Restore(); err != nil || arrives(t) {
				t.Errorf("%v: the old program does not drop any more, %v", at, err)
			}
			if err := change(none).Keep(); err != nil || !arrives(t) {
				t.Errorf("%v: the old program still drops, %v", at, err)
			}
			if links, _ := filepath.Glob(filepath.Join(root, "*", linkDir, "*")); len(links) != 1 {
				t.Errorf("%v: links %v", at, links)
			}
			if err := Remove(root); err != nil {
				t.Error(err)
			}
		}
	})
}

// TestNoStampIsLost replaces rules by the same ones while packets come that they record:
// the list has a stamp of each packet, and no packet twice, unless the machine stopped between
// the old program and the new one.
func TestNoStampIsLost(t *testing.T) {
	recording := object(t, "*filter\n-A INPUT -p udp -m recent --name A --set\n-A INPUT -m recent --name A --rcheck --hitcount 256 -j DROP\nCOMMIT\n")
	const packets, tries = 100, 3
	for range tries {
		stamps, changes := 0, 0
		withRoot(t, func(root string, _ *lab.Namespace) { stamps, changes = replaceWhile(t, root, recording, packets) })
		t.Logf("%d stamps, %d changes", stamps, changes)
		switch {
		case stamps == packets || t.Failed():
			return
		case stamps < packets:
			t.Fatalf("%d packets have %d stamps", packets, stamps)
		}
	}
	t.Errorf("more than %d stamps, each of %d times", packets, tries)
}

// replaceWhile installs the object again and again until so many packets were sent, and
// counts the stamps of their source.
func replaceWhile(t *testing.T, root string, out *ebpf.Output, packets int) (stamps, changes int) {
	if err := Install(out, root); err != nil {
		t.Error(err)
		return 0, 0
	}
	receiver, sender := pipe(t)
	defer receiver.Close()
	defer sender.Close()
	sent := make(chan error, 1)
	go func() {
		var errs []error
		for range packets {
			_, err := sender.Write([]byte("x"))
			errs = append(errs, err)
			time.Sleep(23 * time.Millisecond) // more than two ticks of any clock
		}
		sent <- errors.Join(errs...)
	}()
	for done := false; !done; changes++ {
		if err := Install(out, root); err != nil {
			t.Error(err)
		}
		select {
		case err := <-sent:
			done = true
			if err != nil {
				t.Error(err)
			}
		default:
		}
	}
	in, err := Open(root)
	if err != nil {
		t.Error(err)
		return 0, 0
	}
	defer in.Close()
	entries, err := in.Entries("A")
	if err != nil || len(entries) != 1 {
		t.Errorf("%v, %v", entries, err)
		return 0, 0
	}
	if err := Remove(root); err != nil {
		t.Error(err)
	}
	return len(entries[0].Stamps), changes
}

// TestMissed holds what is found in a source that went on to record, and that a packet
// which both saw counts once.
func TestMissed(t *testing.T) {
	a, b, c := source(1), source(2), source(3)
	entry := func(a netip.Addr, stamps ...uint64) ebpf.Entry {
		return ebpf.Entry{Addr: a, TTL: 9, Stamps: stamps, Next: len(stamps)}
	}
	before := []ebpf.Entry{entry(a, 10, 20), entry(b, 30), entry(c, 40)}
	for name, x := range map[string]struct {
		after, ours []ebpf.Entry
		want        []missedEdit
	}{
		"nothing happened":    {before, before, nil},
		"one more, unseen":    {[]ebpf.Entry{entry(a, 10, 20, 50), entry(b, 30), entry(c, 40)}, before, []missedEdit{{a, 9, 50, false}}},
		"one more, seen":      {[]ebpf.Entry{entry(a, 10, 20, 50), entry(b, 30), entry(c, 40)}, []ebpf.Entry{entry(a, 10, 20, 51), entry(b, 30), entry(c, 40)}, nil},
		"two, of which one":   {[]ebpf.Entry{entry(a, 10, 20, 50, 50), entry(b, 30), entry(c, 40)}, []ebpf.Entry{entry(a, 10, 20, 50), entry(b, 30), entry(c, 40)}, []missedEdit{{a, 9, 50, false}}},
		"removed":             {[]ebpf.Entry{entry(a, 10, 20), entry(c, 40)}, before, []missedEdit{{b, 0, 0, true}}},
		"removed, came again": {[]ebpf.Entry{entry(a, 10, 20), entry(c, 40)}, []ebpf.Entry{entry(a, 10, 20), entry(b, 60), entry(c, 40)}, nil},
		"new":                 {append(slices.Clone(before), entry(source(4), 50)), before, []missedEdit{{source(4), 9, 50, false}}},
	} {
		if diff := cmp.Diff(x.want, missed(before, x.after, x.ours), cmp.AllowUnexported(missedEdit{}), cmpopts.EquateComparable(netip.Addr{})); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}
