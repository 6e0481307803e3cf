package lab_test

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"github.com/recentc/recentc/internal/lab"
)

// limitRules let three packets of a source through in two seconds, in the chain of the hook.
func limitRules(h lab.Hook) string {
	return fmt.Sprintf(`*filter
-A %[1]v -m recent --name hits --set
-A %[1]v -m recent --name hits --update --seconds 2 --hitcount 4 -j DROP
COMMIT
`, h)
}

// kinds are a packet of each protocol in each family.
func kinds() []lab.Packet {
	var ps []lab.Packet
	for _, src := range []string{"192.0.2.%d", "2001:db8::%d"} {
		for i, proto := range []lab.Protocol{lab.UDP, lab.TCP, lab.ICMP, 47} {
			ps = append(ps, lab.Packet{Src: netip.MustParseAddr(fmt.Sprintf(src, i+1)), Proto: proto})
		}
	}
	return ps
}

// TestKnownVerdicts holds the lab itself against what is known of xt_recent.
func TestKnownVerdicts(t *testing.T) {
	lab.Require(t)
	for _, hook := range []lab.Hook{lab.Input, lab.Forward, lab.Output} {
		t.Run(hook.String(), func(t *testing.T) {
			t.Parallel()
			rules := limitRules(hook)
			l := newLab(t, lab.Config{Hook: hook, Candidates: []lab.Candidate{
				lab.Legacy("one", rules, rules),
				lab.Legacy("other", rules, rules),
			}})
			r := run(t, l, limitTrace())
			checkSame(t, r, "one", "other")
			checkEach(t, r, "one", limitVerdicts)
		})
	}
}

// limitTrace sends each kind twice at once, twice half a second later, and twice after a pause that
// is longer than the window.
func limitTrace() lab.Trace {
	trace := make(lab.Trace, 23)
	for _, tick := range []int{0, 4, 22} {
		for range 2 {
			trace[tick] = append(trace[tick], kinds()...)
		}
	}
	return trace
}

// limitVerdicts are those of limitRules on limitTrace, of each kind.
const limitVerdicts = "+++-++"

// checkEach compares the verdicts on the packets of each source with want, + for accepted.
func checkEach(t *testing.T, r lab.Result, candidate, want string) {
	t.Helper()
	got := map[netip.Addr]string{}
	for i, p := range r.Packets {
		got[p.Src] += map[bool]string{true: "+", false: "-"}[r.Accepted[candidate][i]]
	}
	for src, verdicts := range got {
		if verdicts != want {
			t.Errorf("%s, packets from %v: verdicts %s, want %s", candidate, src, verdicts, want)
		}
	}
}

// TestWrongTranslation shows that a difference is found and named.
func TestWrongTranslation(t *testing.T) {
	lab.Require(t)
	t.Parallel()
	rules := limitRules(lab.Input)
	l := newLab(t, lab.Config{Candidates: []lab.Candidate{
		lab.Legacy("xt_recent", rules, rules),
		lab.NFT("bucket", `table inet t {
			set s { type ipv4_addr; flags dynamic; }
			chain c {
				type filter hook input priority 0
				update @s { ip saddr limit rate over 4/second burst 5 packets } drop
			}
		}`),
	}})
	d := run(t, l, limitTrace()).Diff("xt_recent", "bucket")
	if len(d) != len(kinds()) {
		t.Fatalf("want one difference for each kind of packet:\n%v", d)
	}
	const want = "packet 24, tick 4 (0.52 s), udp 192.0.2.1:40000 > 10.77.0.2:7: bucket accepts, xt_recent drops\n"
	if !strings.HasPrefix(d.String(), want) {
		t.Errorf("differences:\n%vwant first:\n%s", d, want)
	}
}

// TestIPTablesNFT runs rules through the third loader, beside the first.
func TestIPTablesNFT(t *testing.T) {
	lab.Require(t)
	t.Parallel()
	const rules = "*filter\n-A INPUT -p tcp --tcp-flags SYN,ACK SYN -m ttl --ttl-lt 10 -j DROP\nCOMMIT\n"
	l := newLab(t, lab.Config{Candidates: []lab.Candidate{
		lab.Legacy("legacy", rules, ""),
		lab.IPTablesNFT("nft", rules, ""),
	}})
	trace := lab.Trace{{
		{Proto: lab.TCP, TTL: 9},
		{Proto: lab.TCP, TTL: 10},
		{Proto: lab.TCP, TTL: 9, Flags: lab.SYN | lab.ACK},
		{TTL: 9},
	}}
	r := run(t, l, trace)
	checkSame(t, r, "legacy", "nft")
	if got := fmt.Sprint(r.Accepted["nft"]); got != "[false true true true]" {
		t.Errorf("accepted %s", got)
	}
}

// TestRejectIsDropped sends to a rule whose answer quotes the packet: the quote must not count.
func TestRejectIsDropped(t *testing.T) {
	lab.Require(t)
	for _, hook := range []lab.Hook{lab.Input, lab.Forward, lab.Output} {
		t.Run(hook.String(), func(t *testing.T) {
			t.Parallel()
			rules := fmt.Sprintf("*filter\n-A %v -j REJECT\nCOMMIT\n", hook)
			l := newLab(t, lab.Config{Hook: hook, Candidates: []lab.Candidate{lab.Legacy("reject", rules, rules)}})
			if r := run(t, l, lab.Trace{kinds()}); r.Dropped("reject") != len(kinds()) {
				t.Errorf("accepted: %v", r.Accepted)
			}
		})
	}
}

// TestInterfacesAndDestinations uses what Config and Packet can vary.
func TestInterfacesAndDestinations(t *testing.T) {
	lab.Require(t)
	t.Parallel()
	const rules = "*filter\n-A INPUT -i wan -d 198.51.100.7 -j DROP\nCOMMIT\n"
	l := newLab(t, lab.Config{
		In:         []string{"lan", "wan"},
		Candidates: []lab.Candidate{lab.Legacy("legacy", rules, "")},
	})
	a, b := netip.MustParseAddr("198.51.100.7"), netip.MustParseAddr("198.51.100.8")
	r := run(t, l, lab.Trace{{{Dst: a}, {Dst: b}, {Dst: a, In: "wan"}, {Dst: b, In: "wan"}, {In: "wan"}}})
	if got := fmt.Sprint(r.Accepted["legacy"]); got != "[true true false true true]" {
		t.Errorf("accepted %s", got)
	}
}

// TestStateLivesUntilReload keeps a list over runs and loses it with Reload.
func TestStateLivesUntilReload(t *testing.T) {
	lab.Require(t)
	t.Parallel()
	const rules = "*filter\n-A INPUT -m recent --name seen --rcheck -j DROP\n-A INPUT -m recent --name seen --set\nCOMMIT\n"
	l := newLab(t, lab.Config{Candidates: []lab.Candidate{lab.Legacy("legacy", rules, "")}})
	once := lab.Trace{{{}}}
	for i, want := range []int{0, 1, 1} {
		if r := run(t, l, once); r.Dropped("legacy") != want {
			t.Errorf("run %d: %d dropped, want %d", i, r.Dropped("legacy"), want)
		}
	}
	list, err := l.Namespace("legacy").Run("", "cat", "/proc/net/xt_recent/seen")
	if err != nil || !strings.Contains(list, "src=10.77.0.1 ") {
		t.Errorf("list %q, error %v", list, err)
	}
	if err := l.Reload(); err != nil {
		t.Fatal(err)
	}
	if r := run(t, l, once); r.Dropped("legacy") != 0 {
		t.Error("dropped after Reload")
	}
}
