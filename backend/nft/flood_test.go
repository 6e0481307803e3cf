package nft_test

import (
	"fmt"
	"net/netip"
	"testing"

	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/backend/nft"
	"github.com/recentc/recentc/internal/lab"
)

// burst is n packets of one source.
func burst(n int, src string, port uint16) (out []lab.Packet) {
	for range n {
		out = append(out, lab.Packet{Src: netip.MustParseAddr(src), DPort: port})
	}
	return out
}

// runBoth sends one trace to xt_recent and to the translation.
func runBoth(t *testing.T, rules string, trace lab.Trace) lab.Result {
	t.Helper()
	l, err := lab.New(lab.Config{Hook: lab.Input, Candidates: []lab.Candidate{
		lab.Legacy("xt_recent", rules, ""), lab.NFT("nft", translate(t, ast.IPv4, rules, nft.Options{}).Text),
	}})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	r, err := l.RunOnTime(t.Context(), 8, trace)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestFlood floods from one source at about 1500 packets a second, so that it is
// held, and looks at the window's end: at most twice the hold's 50 ms too early.
func TestFlood(t *testing.T) {
	lab.Require(t)
	t.Parallel()
	const rules = `*filter
-A INPUT -p udp --dport 7001 -m recent --set --name A
-A INPUT -p udp --dport 7001 -m recent --set --name B
-A INPUT -p udp -m recent --update --seconds 2 --hitcount 20 --name B -j DROP
-A INPUT -p udp -m recent --rcheck --seconds 2 --hitcount 4 --name A -j DROP
COMMIT
`
	trace := make(lab.Trace, 40)
	for i := range 8 {
		trace[i] = burst(200, "192.0.2.1", 7001)
	}
	// Port 7002 only asks. The last stamps are of tick 7: at tick 21, 1.82 s
	// later, the source is over the limit, at tick 23, 2.08 s later, it is not.
	for _, tick := range []int{10, 15, 21, 23, 30, 31, 32, 33} {
		trace[tick] = burst(2, "192.0.2.1", 7002)
	}
	r := runBoth(t, rules, trace)
	if d := r.Diff("xt_recent", "nft"); len(d) > 0 {
		t.Errorf("%d of %d packets differ:\n%v", len(d), len(r.Packets), d)
	}
	if n := len(r.Packets); r.Accepted["xt_recent"][n-12] || !r.Accepted["xt_recent"][n-1] {
		t.Error("the window does not end where it is looked at")
	}
}

// TestChurn lets a source record and remove itself a hundred times in a tick:
// more than the kernel can follow. It must be cut off, not let in, and be recorded
// as ever when it has calmed down.
func TestChurn(t *testing.T) {
	lab.Require(t)
	t.Parallel()
	const rules = `*filter
-A INPUT -p udp --dport 7001 -m recent --set --name A -j DROP
-A INPUT -p udp --dport 7002 -m recent --remove --name A -j DROP
-A INPUT -p udp --dport 7003 -m recent --rcheck --seconds 60 --name A -j DROP
COMMIT
`
	trace := make(lab.Trace, 36)
	for i := range 10 {
		for range 50 {
			trace[i] = append(trace[i], burst(1, "192.0.2.1", 7001)...)
			trace[i] = append(trace[i], burst(1, "192.0.2.1", 7002)...)
		}
	}
	trace[9] = append(trace[9], burst(1, "192.0.2.1", 7001)...)
	trace[30] = burst(1, "192.0.2.1", 7001)
	trace[31] = burst(1, "192.0.2.1", 7003)
	trace[32] = append(burst(1, "192.0.2.1", 7002), burst(1, "192.0.2.1", 7003)...)
	r := runBoth(t, rules, trace)
	checkChurn(t, r)
}

func checkChurn(t *testing.T, r lab.Result) {
	t.Helper()
	accepted := r.Accepted["nft"]
	n := len(accepted)
	for i, p := range r.Packets[:n-3] {
		if p.DPort == 7001 && accepted[i] {
			t.Fatalf("packet %d is let in: what should be dropped and recorded", i)
		}
	}
	want := r.Accepted["xt_recent"][n-3:]
	for i, ok := range accepted[n-3:] {
		if ok != want[i] {
			t.Errorf("after the flood packet %d is accepted %v by xt_recent and %v here", n-3+i, want[i], ok)
		}
	}
}

// TestFullSet holds that a full list does not open the door: what a rule drops
// while recording, it drops, and addresses that are known go on to count.
func TestFullSet(t *testing.T) {
	lab.Require(t)
	t.Parallel()
	const rules = `*filter
-A INPUT -p udp --dport 7001 -m recent --rcheck --seconds 60 --hitcount 3 --name A -j DROP
-A INPUT -p udp --dport 7001 -m recent --set --name A
-A INPUT -p udp --dport 7002 -m recent --set --name B -j DROP
COMMIT
`
	l, err := lab.New(lab.Config{Hook: lab.Input, Candidates: []lab.Candidate{
		lab.NFT("nft", translateSized(t, rules, 4).Text),
	}})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	var trace lab.Trace
	for range 5 {
		var tick []lab.Packet
		for i := range 8 {
			tick = append(tick, burst(1, fmt.Sprintf("192.0.2.%d", i+1), 7001)...)
			tick = append(tick, burst(1, fmt.Sprintf("192.0.2.%d", i+1), 7002)...)
		}
		trace = append(trace, tick)
	}
	r, err := l.RunOnTime(t.Context(), 8, trace)
	if err != nil {
		t.Fatal(err)
	}
	for i, p := range r.Packets {
		known := p.Src.As4()[3] <= 4
		dropped := p.DPort == 7002 || known && r.Ticks[i] >= 3
		if r.Accepted["nft"][i] == dropped {
			t.Errorf("tick %d: %v: accepted %v", r.Ticks[i], p, !dropped)
		}
	}
}

// TestReload takes the table out in the middle, with what it lists, and loads it
// again: the addresses keep their hits.
func TestReload(t *testing.T) {
	lab.Require(t)
	t.Parallel()
	const rules = `*filter
-A INPUT -p udp -m recent --rcheck --seconds 60 --hitcount 5 --name A -j DROP
-A INPUT -p udp -m recent --set --name A
COMMIT
`
	l, err := lab.New(lab.Config{Hook: lab.Input, Candidates: []lab.Candidate{
		lab.Legacy("xt_recent", rules, ""), lab.NFT("nft", translate(t, ast.IPv4, rules, nft.Options{}).Text),
	}})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	packet := burst(1, "192.0.2.1", 7001)
	for part := range 3 {
		r, err := l.Run(t.Context(), lab.Trace{packet, packet, packet})
		if err != nil {
			t.Fatal(err)
		}
		if d := r.Diff("xt_recent", "nft"); len(d) > 0 {
			t.Errorf("part %d: %v", part, d)
		}
		reload(t, l.Namespace("nft"))
	}
}

func reload(t *testing.T, ns *lab.Namespace) {
	t.Helper()
	listed, err := ns.Run("", "nft", "list", "table", "ip", "recentc")
	if err == nil {
		_, err = ns.Run("delete table ip recentc\n"+listed, "nft", "-f", "-")
	}
	if err != nil {
		t.Fatal(err)
	}
}
