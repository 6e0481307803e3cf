package model_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/recentc/recentc/internal/model"
)

// behaviour is a rule file, packets, and what becomes of them.
type behaviour struct {
	name   string
	rules  string
	script string
	want   string
	// list is what L holds at the end, if not empty.
	list   string
	opts   model.Options
	path   model.Path
	rules6 string
}

func check(t *testing.T, cases []behaviour) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			m := newMachine(t, c.opts, c.rules, c.rules6)
			if diff := cmp.Diff(c.want, send(t, m, c.path, c.script)); diff != "" {
				t.Errorf("%s\n%s\n%s", c.rules, c.script, diff)
			}
			if c.list == "" {
				return
			}
			if diff := cmp.Diff(c.list, letters(t, m, "L")); diff != "" {
				t.Errorf("list: %s", diff)
			}
		})
	}
}

const (
	l     = "-m recent --name L "
	setL  = l + "--set"
	isIn  = l + "--rcheck -j DROP"
	small = "-m recent --name L --rcheck --seconds 5 --hitcount 3 -j DROP"
)

// TestOperations holds what each operation does to an address that is listed and to one that is not.
func TestOperations(t *testing.T) {
	check(t, []behaviour{
		{name: "set", rules: filter(l + "--set -j DROP"), script: "a@0 a@1 b@2", want: "---", list: "a b"},
		{name: "not set records and never matches", rules: filter(l+"! --set -j DROP", isIn), script: "a@0", want: "-", list: "a"},
		{name: "rcheck records nothing", rules: filter(l+"--rcheck -j DROP", l+"--set"), script: "a@0 a@1 b@1", want: "+-+", list: "a b"},
		{name: "not rcheck", rules: filter(l + "! --rcheck -j DROP"), script: "a@0 a+@1 a@1", want: "-+", list: "a"},
		{name: "update of no entry", rules: filter(l + "--update -j DROP"), script: "a@0 a@0", want: "++"},
		{name: "update stamps", rules: filter(l + "--update --seconds 5 -j DROP"), script: "a+@0 a@4 a@8 a@12 a@18", want: "---+"},
		{name: "rcheck does not stamp", rules: filter(l + "--rcheck --seconds 5 -j DROP"), script: "a+@0 a@4 a@8", want: "-+"},
		{name: "not update of no entry matches and stores nothing", rules: filter(l + "! --update -j DROP"), script: "a@0 a@0", want: "--"},
		{name: "not update stamps a stale entry", rules: filter(l + "! --update --seconds 5 -j DROP"),
			script: "a+@0 a@6 a@7 a@11 a@18", want: "-++-", list: "a"},
		{name: "not update leaves a fresh entry", rules: filter(l+"! --update --seconds 5 -j DROP", l+"--rcheck --hitcount 2 -j DROP"),
			script: "a+@0 a@1 a@2", want: "++"},
		{name: "remove", rules: filter(l + "--remove -j DROP"), script: "a+@0 a@1 a@2 b@2", want: "-++"},
		{name: "not remove", rules: filter(l + "! --remove -j DROP"), script: "a+@0 a@1 a@2", want: "+-"},
		{name: "remove takes all stamps", rules: filter("-m ttl --ttl-eq 1 "+l+"--remove", setL, l+"--rcheck --hitcount 3 -j DROP"),
			script: "a@0 a@0 a/1@0 a@0 a@0", want: "++++-"},
	})
}

// TestWindow holds how stamps are counted.
func TestWindow(t *testing.T) {
	check(t, []behaviour{
		{name: "exactly as old as the window counts", rules: filter(l + "--rcheck --seconds 5 -j DROP"), script: "a+@0 a@5 a@5.004", want: "-+"},
		{name: "hits inside", rules: filter(small), script: "a+@0 a+@1 a@2 a+@2 a@2 a@5 a@5.1", want: "+--+"},
		{name: "stamps of the same moment count each", rules: filter(setL, small), script: "a@0 a@0 a@0", want: "++-"},
		{name: "no seconds is ever", rules: filter(l + "--rcheck --hitcount 2 -j DROP"), script: "a+@0 a+@1 a@100000", want: "-"},
		{name: "hitcount 0 and 1 are none", rules: filter(l+"--rcheck --hitcount 0 -j DROP", "-m recent --name M --rcheck --hitcount 1 -j DROP"),
			script: "a@0 a+@0 a@1", want: "+-"},
		{name: "set then update lets 3 through", rules: filter(l+"--set", l+"--update --seconds 60 --hitcount 4 -j DROP"),
			script: "a@0 a@0 a@0 a@0 a@0", want: "+++--"},
		{name: "update then set lets 4 through", rules: filter(l+"--update --seconds 60 --hitcount 4 -j DROP", l+"--set"),
			script: "a@0 a@0 a@0 a@0 a@0", want: "++++-"},
		{name: "81 hits in a ring of 128", rules: filter(l+"--rcheck --seconds 9 --hitcount 81 -j DROP", l+"--set"),
			script: strings.Repeat("a@0 ", 70) + strings.Repeat("a@1 ", 12), want: strings.Repeat("+", 81) + "-"},
	})
}

// TestWrap holds --seconds * HZ in 32 bits: 17179870 s are 0.8 s at 250 Hz, and 17179868 s reach back
// to long before.
func TestWrap(t *testing.T) {
	wraps := filter(l + "--rcheck --seconds 17179870 -j DROP")
	check(t, []behaviour{
		{name: "250 Hz", rules: wraps, script: "a+@0 a@0.5 a@0.9", want: "-+"},
		{name: "just below", rules: filter(l + "--rcheck --seconds 17179869 -j DROP"), script: "a+@0 a@17179869 a@17179869.3", want: "-+"},
		{name: "100 Hz", rules: wraps, script: "a+@0 a@0.5 a@900000", want: "--", opts: model.Options{HZ: 100}},
		{name: "ideal", rules: wraps, script: "a+@0 a@0.5 a@900000", want: "--", opts: model.Options{Ideal: true}},
		{name: "1000 Hz", rules: filter(l + "--rcheck --seconds 4294968 -j DROP"), script: "a+@0 a@0.7 a@0.8", want: "-+", opts: model.Options{HZ: 1000}},
	})
}

// TestClock holds that ages are counted in whole ticks, and in an ideal machine to the nanosecond.
func TestClock(t *testing.T) {
	second := filter(l + "--rcheck --seconds 1 -j DROP")
	check(t, []behaviour{
		{name: "a tick late", rules: second, script: "a+@0.001 a@1.003 a@1.0041", want: "-+"},
		{name: "ideal", rules: second, script: "a+@0.001 a@1.001 a@1.0011", want: "-+", opts: model.Options{Ideal: true}},
	})
}

// TestMatchOrder holds that a recent match acts as soon as it is reached.
func TestMatchOrder(t *testing.T) {
	check(t, []behaviour{
		{name: "recorded though a later match fails", rules: filter(setL + " -m ttl --ttl-eq 1 -j DROP"), script: "a@0", want: "+", list: "a"},
		{name: "not recorded behind a match that fails", rules: filter("-m ttl --ttl-eq 1 "+setL+" -j DROP", isIn), script: "a@0 a/1@0 a@0", want: "+--", list: "a"},
		{name: "the implicit tcp match comes behind", rules: filter("-p udp " + setL + " --dport 22 -j DROP"), script: "a@0", want: "+", list: "a"},
		{name: "set before limit", rules: filter(setL + " -m limit --limit 1/hour --limit-burst 1 -j DROP"), script: "a@0 b@0 c@0", want: "-++", list: "a b c"},
		{name: "not set ends the rule", rules: filter(l+"! --set -m recent --name M --set", "-m recent --name M --rcheck -j DROP"), script: "a@0 a@0", want: "++", list: "a"},
		{name: "two in a rule", rules: filter(l + "--rcheck -m recent --name M ! --rcheck -m recent --name M --set -j DROP"), script: "a+@0 a@0 a@0", want: "-+"},
	})
}

// TestSides holds that a list is keyed by what each rule says.
func TestSides(t *testing.T) {
	check(t, []behaviour{
		{name: "written by source, read by destination", rules: filter(l+"--rcheck --rdest -j DROP", setL), script: "a>b@0 b>a@0 c>d@0 a>c@1", want: "+-+-"},
		{name: "the entry left by an earlier match of the rule", rules: filter(l + "--mask 255.255.255.0 --set -m recent --name L --remove --rdest -m recent --name L --remove -j DROP"),
			script: "a>b@0", want: "+"},
	})
}

// TestTTL holds --rttl, and what is stored where.
func TestTTL(t *testing.T) {
	ttl := l + "--rcheck --rttl -j DROP"
	check(t, []behaviour{
		{name: "same and other", rules: filter(ttl, l+"--set"), script: "a/64@0 a/64@0 a/63@0 a/64@0 a/63@1", want: "+-+++"},
		{name: "stored 0 is any", rules: filter(ttl), script: "a+@0 a/64@0 a/1@0", want: "--"},
		{name: "+addr keeps the TTL", rules: filter(ttl, "-m ttl --ttl-eq 9 "+setL), script: "a/9@0 a+@0 a/8@0 a/9@0", want: "++-"},
		{name: "not", rules: filter(l+"! --rcheck --rttl -j DROP", "-m ttl --ttl-eq 9 "+setL), script: "a+@0 a/9@0 a/8@0", want: "+-"},
		{name: "update of another TTL stores nothing", rules: filter(l+"--update --rttl -j DROP", "-m ttl --ttl-eq 9 "+setL, l+"--rcheck --hitcount 2 -j DROP"),
			script: "a/9@0 a/8@0 a/8@0", want: "+++"},
		{name: "not update of another TTL matches and stores nothing", rules: filter("-m ttl --ttl-eq 9 "+setL, l+"! --update --rttl -j DROP"),
			script: "a/9@0 a/8@0 a/8@0", want: "+--", list: "a"},
		{name: "update stores the TTL", rules: filter("-m ttl --ttl-eq 9 "+setL, "-m ttl --ttl-eq 8 "+l+"--update", ttl),
			script: "a/9@0 a/8@0 a/7@0", want: "--+"},
		{name: "forwarding is added again", path: model.Forwarded,
			rules:  table("raw", "-A PREROUTING "+setL) + filter("-A FORWARD "+l+"--rcheck --rttl -m ttl --ttl-eq 63 -j DROP"),
			script: "a/64@0 a/63@0", want: "-+"},
		{name: "not for packets made here", path: model.Outgoing,
			rules:  filter("-A OUTPUT "+setL) + table("mangle", "-A POSTROUTING "+l+"--rcheck --rttl -j DROP"),
			script: "a/64@0", want: "-"},
		{name: "eight bits", path: model.Forwarded,
			rules:  filter("-A FORWARD "+setL, "-A FORWARD "+l+"--rcheck --rttl -j DROP"),
			script: "a/255@0", want: "-"},
	})
}

// TestReap holds what --reap removes: at most the entry written longest ago.
func TestReap(t *testing.T) {
	reap := l + "--rcheck --seconds 5 --reap"
	check(t, []behaviour{
		{name: "only if the source is listed", rules: filter(reap), script: "a+@0 b+@1 c@20", want: "+", list: "a b"},
		{name: "the oldest, one a packet", rules: filter(reap), script: "a+@0 b+@1 c+@20 c@20", want: "+", list: "b c"},
		{name: "one after the other", rules: filter(reap), script: "a+@0 b+@1 c+@20 c@20 c@20 c@20", want: "+++", list: "c"},
		{name: "not what is young", rules: filter(reap), script: "a+@0 b+@1 b@5", want: "+", list: "a b"},
		{name: "also after a miss", rules: filter(reap + " --hitcount 7"), script: "a+@0 b+@7 b@7", want: "+", list: "b"},
		{name: "itself by rcheck", rules: filter(reap+" -j DROP", isIn), script: "a+@0 a@6", want: "+"},
		{name: "itself by not rcheck", rules: filter(l + "! --rcheck --seconds 5 --reap -j DROP"), script: "a+@0 a@6", want: "-"},
		{name: "itself by an update that does not match", rules: filter(l+"--update --seconds 5 --reap", isIn), script: "a+@0 a@6", want: "+"},
		{name: "not itself by an update that stamps", rules: filter(l+"! --update --seconds 5 --reap", isIn), script: "a+@0 a@6", want: "-", list: "a"},
		{name: "others by an update that stamps", rules: filter(l + "! --update --seconds 5 --reap"), script: "a+@0 b+@0 b@6", want: "+", list: "b"},
		{name: "not after a TTL that does not fit", rules: filter(reap+" --rttl", "-m ttl --ttl-eq 9 "+setL), script: "a+@0 b/9@1 b/8@20 b/9@20", want: "+++", list: "b"},
		{name: "the youngest stamp counts", rules: filter(reap), script: "a+@0 b+@1 a+@4 b+@4 a@6", want: "+", list: "a b"},
	})
}

// TestEviction holds which address leaves a full list.
func TestEviction(t *testing.T) {
	three := model.Options{ListTot: 3}
	check(t, []behaviour{
		{name: "the oldest", opts: three, rules: filter(setL), script: "a@0 b@0 c@0 d@0", want: "++++", list: "b c d"},
		{name: "set refreshes", opts: three, rules: filter(setL), script: "a@0 b@0 c@0 a@0 d@0", want: "+++++", list: "c a d"},
		{name: "rcheck does not", opts: three, rules: filter(l + "--rcheck -j DROP"), script: "a+@0 b+@0 c+@0 a@0 d+@0", want: "-", list: "b c d"},
		{name: "a matching update does", opts: three, rules: filter(l + "--update -j DROP"), script: "a+@0 b+@0 c+@0 a@0 d+@0", want: "-", list: "c a d"},
		{name: "an update that does not match does not", opts: three, rules: filter(l + "--update --hitcount 2 -j DROP"), script: "a+@0 b+@0 c+@0 a@0 d+@0", want: "+", list: "b c d"},
		{name: "not update of a stale entry does", opts: three, rules: filter(l + "! --update --seconds 1 -j DROP"), script: "a+@0 b+@0 c+@0 a@9 d+@9", want: "-", list: "c a d"},
		{name: "+addr does", opts: three, rules: filter(isIn), script: "a+@0 b+@0 c+@0 a+@0 d+@0", want: "", list: "c a d"},
		{name: "nobody for a listed address", opts: three, rules: filter(setL), script: "a@0 b@0 c@0 c@0 a@0", want: "+++++", list: "b c a"},
		{name: "a removed address makes room", opts: three, rules: filter("-m ttl --ttl-eq 9 "+l+"--remove -j DROP", setL), script: "a@0 b@0 c@0 b/9@0 d@0", want: "+++-+", list: "a c d"},
		{name: "both families count", opts: three, rules: filter(setL), rules6: filter(setL), script: "a@0 6b@0 c@0 6d@0", want: "++++", list: "6b c 6d"},
		{name: "100 by default", rules: filter(setL), script: "a@0 b@0", want: "++", list: "a b"},
	})
}

// TestSharing holds that a list is found by its name alone.
func TestSharing(t *testing.T) {
	check(t, []behaviour{
		{name: "tables", rules: table("raw", "-A PREROUTING "+setL) + filter(isIn), script: "a@0", want: "-"},
		{name: "chains", rules: filter(":C - [0:0]", "-j C", isIn, "-A C "+setL), script: "a@0", want: "-"},
		{name: "names apart", rules: filter("-m recent --name M --set", isIn+" --rdest"), script: "a@0", want: "+"},
		{name: "an entry belongs to one family", rules: filter(isIn), rules6: filter(l+"--set", isIn), script: "6a@0 a@0 6a@0", want: "-+-", list: "6a"},
	})
}

// TestMask holds that the first rule loaded fixes a list's mask.
func TestMask(t *testing.T) {
	check(t, []behaviour{
		{name: "a net is one address", rules: filter(l+"--mask 255.255.255.0 --rcheck -j DROP", l+"--mask 255.255.255.0 --set"), script: "a@0 b@0", want: "+-"},
		{name: "another mask is ignored", rules: filter(l+"--mask 255.255.255.0 --rcheck -j DROP", l+"--set"), script: "a@0 b@0", want: "+-"},
		{name: "no mask first", rules: filter(l+"--rcheck -j DROP", l+"--mask 255.255.255.0 --set"), script: "a@0 b@0 b@0", want: "++-"},
		{name: "a mask that is no prefix", rules: filter(l+"--mask 0.0.0.1 --rcheck -j DROP", l+"--set"), script: "a@0 c@0 b@0", want: "+-+"},
		{name: "built-in chains first", rules: filter(":A - [0:0]", "-A A "+l+"--mask 255.0.0.0 --rcheck -j DROP", "-j A", setL), script: "a@0 b@0 a@0", want: "++-"},
		{name: "+addr is not masked", rules: filter(l + "--mask 255.255.255.0 --rcheck -j DROP"), script: "a+@0 a@0", want: "+", list: "a"},
		{name: "IPv4's default leaves IPv6 whole", rules: filter(setL), rules6: filter(isIn, setL), script: "6a@0 6b@0 6b@0", want: "++-"},
		{name: "IPv4's written mask cuts IPv6 to 32 bits", rules: filter(setL + " --mask 255.255.255.255"), rules6: filter(isIn, setL), script: "6a@0 6b@0", want: "+-"},
		{name: "written in the chain that is loaded first", rules: filter(":Z - [0:0]", ":B - [0:0]", "-A Z "+setL, "-A B "+setL+" --mask 255.255.255.255"), rules6: filter(isIn, setL), script: "6a@0 6b@0", want: "+-"},
		{name: "written in a command that comes later", rules: "iptables -A OUTPUT " + setL + "\niptables -A INPUT " + setL + " --mask 255.255.255.255\n", rules6: filter(isIn, setL), script: "6a@0 6b@0", want: "++"},
		{name: "an IPv4 net cuts IPv6 as well", rules: filter(setL + " --mask 255.0.0.0"), rules6: filter(isIn, setL), script: "6a@0 6b@0", want: "+-"},
	})
}

// TestRing holds how many slots a list's rules ask for.
func TestRing(t *testing.T) {
	for _, c := range []struct {
		rules string
		opts  model.Options
		slots int
	}{
		{filter(setL), model.Options{}, 32},
		{filter(l + "--rcheck --hitcount 3 -j DROP"), model.Options{}, 4},
		{filter(l + "--rcheck --hitcount 4 -j DROP"), model.Options{}, 4},
		{filter(l + "--rcheck --hitcount 1 -j DROP"), model.Options{}, 1},
		{filter(l+"--rcheck --hitcount 4 -j DROP", setL), model.Options{}, 32},
		{filter(l+"--rcheck --hitcount 33 -j DROP", setL), model.Options{}, 64},
		{filter(setL), model.Options{PktListTot: 20}, 32},
		{filter(setL), model.Options{PktListTot: 5}, 8},
		{filter(l + "--rcheck --hitcount 9 -j DROP"), model.Options{PktListTot: 5}, 16},
	} {
		m := newMachine(t, c.opts, c.rules, "")
		for range c.slots + 1 {
			send(t, m, model.Incoming, "a+@0")
		}
		send(t, m, model.Incoming, "a+@1")
		want := []model.Entry{{Addr: addr("a"), Stamps: make([]time.Duration, c.slots), Next: min(2, c.slots)}}
		want[0].Stamps[min(1, c.slots-1)] = time.Second
		got, err := m.Entries("L")
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got, cmp.Comparer(sameAddr)); diff != "" {
			t.Errorf("%s: %s", c.rules, diff)
		}
	}
}

// TestLongestRing holds that of a ring of 65536 slots the last is never counted, and that --reap takes
// the entry for an old one as long as the next stamp goes to the first.
func TestLongestRing(t *testing.T) {
	m := newMachine(t, model.Options{}, filter(l+"--rcheck --seconds 9 --hitcount 65535 -j DROP", "-m ttl --ttl-eq 1 "+l+"--rcheck --seconds 9 --reap"), "")
	stamp := func(times int, now time.Duration) {
		for range times {
			if err := m.AddAddr(now, "L", addr("a")); err != nil {
				t.Fatal(err)
			}
		}
	}
	stamp(65534, 0)
	got := send(t, m, model.Incoming, "a@0")
	stamp(1, 0)
	got += send(t, m, model.Incoming, "a@0")
	// Of the 65534 stamps that follow, one falls into the last slot: two more are needed.
	stamp(101, 0)
	stamp(65534, 20*time.Second)
	got += send(t, m, model.Incoming, "a@20")
	stamp(2, 20*time.Second)
	got += send(t, m, model.Incoming, "a@20")
	if got != "+-+-" {
		t.Error(got)
	}
	stamp(65536-100, 20*time.Second)
	if e, _ := m.Entries("L"); len(e) != 1 || e[0].Next != 0 || len(e[0].Stamps) != 65535 {
		t.Errorf("%d entries", len(e))
	}
	if send(t, m, model.Incoming, "b+@20 b/1@20") != "+" || letters(t, m, "L") != "b" {
		t.Errorf("list %s", letters(t, m, "L"))
	}
}

// TestStoredTTL holds the TTL that each path and hook stores.
func TestStoredTTL(t *testing.T) {
	for _, c := range []struct {
		path  model.Path
		rules string
		want  uint8
	}{
		{model.Incoming, filter(setL), 64},
		{model.Incoming, table("raw", "-A PREROUTING "+setL), 64},
		{model.Forwarded, table("raw", "-A PREROUTING "+setL), 64},
		{model.Forwarded, filter("-A FORWARD " + setL), 64},
		{model.Forwarded, table("mangle", "-A POSTROUTING "+setL), 64},
		{model.Outgoing, filter("-A OUTPUT " + setL), 64},
		{model.Outgoing, table("mangle", "-A POSTROUTING "+setL), 64},
	} {
		m := newMachine(t, model.Options{}, c.rules, "")
		send(t, m, c.path, "a/64@0")
		if e, _ := m.Entries("L"); len(e) != 1 || e[0].TTL != c.want {
			t.Errorf("%v, %s: %v", c.path, c.rules, e)
		}
	}
}
