package loader_test

import (
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/backend/ebpf"
	"github.com/recentc/recentc/internal/lab"
)

// deviceRules limit what comes in, by source and by list, in both families.
const deviceRules = `*mangle
-A PREROUTING -p udp -m recent --name SEEN --set
COMMIT
*filter
:LIMIT - [0:0]
-A INPUT -p udp -m udp --dport 7001 -j LIMIT
-A INPUT -p udp -m recent --name SEEN --rcheck --seconds 4 --hitcount 7 --rttl -j DROP
-A LIMIT -m recent --name L --set
-A LIMIT -m recent --name L --update --seconds 2 --hitcount 4 -j DROP
-A LIMIT -m length --length 0:20 -j DROP
COMMIT
`

// TestDevices compares programs at xdp and tc with iptables, for packets that
// come in by one device and are for this host: there they must do the same.
func TestDevices(t *testing.T) {
	lab.Require(t)
	candidates := []lab.Candidate{lab.Legacy("xt_recent", deviceRules, deviceRules)}
	for name, at := range map[string]ebpf.Attach{"xdp": ebpf.XDP, "tc": ebpf.TCIngress} {
		c := &contest{out: translate(t, deviceRules, deviceRules, ebpf.Options{Attach: at})}
		candidates = append(candidates, lab.Candidate{Name: name, Load: c.load})
	}
	l, err := lab.New(lab.Config{Hook: lab.Input, Candidates: candidates})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	r, err := l.RunOnTime(t.Context(), 15, lab.RandomTrace(newGenerator(3, lab.Input).Rand, 60, packets(lab.Input)...))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"xdp", "tc"} {
		if d := r.Diff("xt_recent", name); len(d) > 0 {
			t.Errorf("%s: %d of %d packets differ:\n%v", name, len(d), len(r.Packets), d)
		}
	}
	if n := r.Dropped("xt_recent"); n == 0 || n == len(r.Packets) {
		t.Errorf("%d of %d packets are dropped, which tests nothing", n, len(r.Packets))
	}
}

// TestRandomAtDevices compares programs at xdp and tc with xt_recent, as
// TestRandomAgainstKernel does those at netfilter, in verdicts, counters and lists. What
// programs there do not know is left out of the rules.
func TestRandomAtDevices(t *testing.T) {
	inLabs(t, []ebpf.Attach{ebpf.XDP, ebpf.TCIngress}, func(t *testing.T, at ebpf.Attach, first, end int) {
		var all []*contest
		g := newGenerator(uint64(first), lab.Input)
		for seed := first; seed < end; seed++ {
			g = newGenerator(uint64(seed), lab.Input)
			c := &contest{name: fmt.Sprint("seed ", seed), rules4: knownAtDevices(g.ruleSet(ast.IPv4)), rules6: knownAtDevices(g.ruleSet(ast.IPv6))}
			c.out = translate(t, c.rules4, c.rules6, ebpf.Options{Attach: at})
			all = append(all, c)
		}
		run(t, lab.Input, lab.RandomTrace(g.Rand, 90, packets(lab.Input)...), all...)
	})
}

// knownAtDevices leaves out the rules that ask for what is not known there, and lets the
// lab's fences pass, which come by there and not by the tables.
func knownAtDevices(rules string) string {
	lines := strings.SplitAfter(rules, "\n")
	lines = slices.DeleteFunc(lines, func(line string) bool {
		return slices.ContainsFunc([]string{" -i ", " -o ", "-m conntrack", "-m state", "-m mark"}, func(what string) bool { return strings.Contains(line, what) })
	})
	return hooked.ReplaceAllString(strings.Join(lines, ""), "$0-A $1"+fence+"-j ACCEPT\n")
}

// hooked is the line of a built-in chain, fence what a rule for the lab's fences asks for.
var hooked = regexp.MustCompile(`(?m)^:([A-Z]+) [AD].*\n`)

const fence = " -p 253 "

// TestMarks holds that a program at tc marks packets, as no other can.
func TestMarks(t *testing.T) {
	lab.Require(t)
	rules := "*mangle\n-A PREROUTING -j MARK --set-xmark 0x5/0xf\n-A PREROUTING -m mark --mark 5/0xf -j MARK --or-mark 0x100\nCOMMIT\n"
	c := &contest{out: translate(t, rules, "", ebpf.Options{Attach: ebpf.TCIngress})}
	l, err := lab.New(lab.Config{Candidates: []lab.Candidate{lab.Legacy("iptables", rules, ""), {Name: "tc", Load: c.load}}})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	r, err := l.Run(t.Context(), lab.Trace{{{Src: netip.MustParseAddr("192.0.2.1")}}})
	if err != nil {
		t.Fatal(err)
	}
	if d := r.Diff("iptables", "tc"); len(d) > 0 || r.Marks["tc"][0] != 0x105 {
		t.Errorf("marks %v\n%v", r.Marks, d)
	}
}
