package loader_test

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/backend/ebpf"
	"github.com/recentc/recentc/backend/ebpf/loader"
	"github.com/recentc/recentc/compile"
	"github.com/recentc/recentc/grammar"
	"github.com/recentc/recentc/internal/diag"
	"github.com/recentc/recentc/internal/lab"
)

// translate makes the object for rules of both families on this machine; an empty text is none.
func translate(t testing.TB, rules4, rules6 string, opts ebpf.Options) *ebpf.Output {
	t.Helper()
	return translateWith(t, rules4, rules6, compile.Options{}, opts)
}

func translateWith(t testing.TB, rules4, rules6 string, meaning compile.Options, opts ebpf.Options) *ebpf.Output {
	t.Helper()
	var err error
	if opts.HZ, err = loader.RateFor(); err != nil {
		t.Fatal(err)
	}
	var files []*ast.File
	var diags diag.List
	for i, text := range []string{rules4, rules6} {
		if text != "" {
			f, l := grammar.ParseFile([]string{"rules.v4", "rules.v6"}[i], text)
			files, diags = append(files, f), append(diags, l...)
		}
	}
	programs, l := compile.Compile(files, meaning)
	diags = append(diags, l...)
	out, l := ebpf.Translate(programs, opts)
	diags = slices.DeleteFunc(append(diags, l...), func(d diag.Diagnostic) bool { return d.Severity != diag.Error })
	if diags.HasErrors() {
		var b strings.Builder
		diag.Text{}.Write(&b, diags)
		t.Fatalf("%s%s%s", rules4, rules6, b.String())
	}
	return &out
}

// ruleSets is how many rule sets are tried at each hook: RECENTC_RULESETS, or few.
func ruleSets() int {
	if n, err := strconv.Atoi(os.Getenv("RECENTC_RULESETS")); err == nil {
		return n
	}
	return 12
}

// together is how many rule sets share a lab: they get the same packets, so a run
// costs no more time. Only so many labs run at once: loading programs keeps a
// processor busy, which makes others late.
const (
	together = 4
	atOnce   = 3
)

var running = make(chan struct{}, atOnce)

// contest is one rule set that runs in xt_recent and as BPF programs, and as an nft
// script where there is one.
type contest struct {
	name           string
	rules4, rules6 string
	nft            string
	out            *ebpf.Output
	loaded         *loader.Loaded
}

func newContest(t testing.TB, name, rules4, rules6 string) *contest {
	return &contest{name: name, rules4: rules4, rules6: rules6, out: translate(t, rules4, rules6, ebpf.Options{})}
}

func (c *contest) candidates() []lab.Candidate {
	out := []lab.Candidate{lab.Legacy(c.name, c.rules4, c.rules6), {Name: c.name + " ebpf", Load: c.load}}
	if c.nft != "" {
		out = append(out, lab.NFT(c.name+" nft", c.nft))
	}
	return out
}

// load attaches the programs in the candidate's namespace.
func (c *contest) load(ns *lab.Namespace) (err error) {
	if c.loaded, err = loader.Load(c.out); err != nil {
		return err
	}
	loaded := c.loaded
	ns.OnClose(func() error { return ns.Do(loaded.Close) })
	return ns.Do(func() error {
		if c.out.Attach == ebpf.Netfilter {
			return loaded.Attach()
		}
		return loaded.AttachDevice("v0")
	})
}

// TestRandomAgainstKernel sends random packets to xt_recent and to the programs
// of random rule sets: every verdict, and at the end every counter and every list
// must agree.
func TestRandomAgainstKernel(t *testing.T) {
	inLabs(t, hooks, func(t *testing.T, hook lab.Hook, first, end int) {
		var all []*contest
		g := newGenerator(uint64(first), hook)
		for seed := first; seed < end; seed++ {
			g = newGenerator(uint64(seed), hook)
			all = append(all, newContest(t, fmt.Sprint("seed ", seed), g.ruleSet(ast.IPv4), g.ruleSet(ast.IPv6)))
		}
		run(t, hook, lab.RandomTrace(g.Rand, 90, packets(hook)...), all...)
	})
}

// hooks are the lab's places at netfilter.
var hooks = []lab.Hook{lab.Input, lab.Forward, lab.Output}

// inLabs runs try for the rule sets from first to end, at each place and for as many as
// are tried, some labs at once.
func inLabs[P any](t *testing.T, places []P, try func(t *testing.T, place P, first, end int)) {
	lab.Require(t)
	for _, place := range places {
		for first := 0; first < ruleSets(); first += together {
			t.Run(fmt.Sprint(place, first), func(t *testing.T) {
				t.Parallel()
				running <- struct{}{}
				defer func() { <-running }()
				try(t, place, first, min(first+together, ruleSets()))
			})
		}
	}
}

// tries is how often a trace is sent while the machine is too busy to send it on time.
const tries = 15

// run sends the trace and reports every difference. A run that is late is compared
// too: its packets are as old for both. Only where it shows a difference, which may
// be one of the moment then, it is repeated.
func run(t *testing.T, hook lab.Hook, trace lab.Trace, all ...*contest) {
	t.Helper()
	var candidates []lab.Candidate
	for _, c := range all {
		candidates = append(candidates, c.candidates()...)
	}
	l, err := lab.New(lab.Config{Hook: hook, Candidates: candidates})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	for try := 1; ; try++ {
		r, err := l.Run(t.Context(), trace)
		if err != nil {
			t.Fatal(err)
		}
		found := ""
		for _, c := range all {
			found += c.differences(t, l, r)
		}
		switch {
		case found == "":
			t.Logf("%v: %d packets to %d rule sets, %v turns, no difference", hook, len(r.Packets), len(all), turns(r, all))
			return
		case !r.Late():
			t.Error(found)
			return
		case try == tries:
			t.Fatalf("every run of %d was late, the last by %v, and showed differences:\n%s", tries, r.Worst, found)
		}
		if err := l.Reload(); err != nil {
			t.Fatal(err)
		}
	}
}

// turns are those of each rule set.
func turns(r lab.Result, all []*contest) (out []int) {
	for _, c := range all {
		out = append(out, r.Turns(c.name))
	}
	return out
}

// differences describes all of them, with the rules.
func (c *contest) differences(t *testing.T, l *lab.Lab, r lab.Result) (found string) {
	t.Helper()
	for _, other := range c.candidates()[1:] {
		if d := r.Diff(c.name, other.Name); len(d) > 0 {
			found += fmt.Sprintf("%d of %d packets differ:\n%v", len(d), len(r.Packets), d)
		}
	}
	if diff := cmp.Diff(c.wantCounters(t, l), c.counters(t)); diff != "" {
		found += fmt.Sprintf("counters differ (-xt_recent +ebpf):\n%s", diff)
	}
	for _, list := range c.out.Lists {
		if diff := cmp.Diff(wantList(t, l.Namespace(c.name), list.Name), c.list(t, list.Name)); diff != "" {
			found += fmt.Sprintf("list %s differs (-xt_recent +ebpf):\n%s", list.Name, diff)
		}
	}
	if found != "" {
		found = fmt.Sprintf("%s: %s%s\n%s", c.name, found, c.rules4, c.rules6)
	}
	return found
}

// counters are those of the programs, as "family table chain: packets:bytes ...".
func (c *contest) counters(t *testing.T) map[string][]string {
	t.Helper()
	counted, err := c.loaded.Counters()
	if err != nil {
		t.Fatal(err)
	}
	out := map[string][]string{}
	for i, r := range c.out.Rules {
		if strings.Contains(r.Rule.Source, fence) {
			continue
		}
		at := fmt.Sprint(r.Family, " ", r.Table, " ", r.Chain)
		out[at] = append(out[at], fmt.Sprintf("%d:%d", counted[i].Packets, counted[i].Bytes))
	}
	return out
}

// wantCounters are those of iptables, of the chains that the object has.
func (c *contest) wantCounters(t *testing.T, l *lab.Lab) map[string][]string {
	t.Helper()
	out := map[string][]string{}
	for family, tool := range map[ast.Family]string{ast.IPv4: "iptables-legacy-save", ast.IPv6: "ip6tables-legacy-save"} {
		saved, err := l.Namespace(c.name).Run("", tool, "-c")
		if err != nil {
			t.Fatal(err)
		}
		table := ""
		for _, line := range strings.Split(saved, "\n") {
			if strings.HasPrefix(line, "*") {
				table = line[1:]
			}
			if count, rule, ok := strings.Cut(line, "] -A "); ok && !strings.Contains(rule, fence) {
				chain, _, _ := strings.Cut(rule, " ")
				at := fmt.Sprint(family, " ", table, " ", chain)
				out[at] = append(out[at], count[1:])
			}
		}
	}
	have := map[string]bool{}
	for _, r := range c.out.Rules {
		have[fmt.Sprint(r.Family, " ", r.Table, " ", r.Chain)] = true
	}
	for at := range out {
		if !have[at] {
			delete(out, at)
		}
	}
	return out
}

// list is a list as lines of address, TTL, how many stamps and where the next goes,
// sorted: /proc shows no order of writing.
func (c *contest) list(t *testing.T, name string) []string {
	t.Helper()
	entries, err := c.loaded.Entries(name)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, e := range entries {
		out = append(out, fmt.Sprintf("%v ttl %d, %d stamps, next %d", e.Addr, e.TTL, len(e.Stamps), e.Next))
	}
	slices.Sort(out)
	return out
}

// wantList is the list as /proc shows it.
func wantList(t *testing.T, ns *lab.Namespace, name string) (out []string) {
	t.Helper()
	text, err := ns.Run("", "cat", "/proc/net/xt_recent/"+name)
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range strings.Split(strings.TrimSpace(text), "\n") {
		if line == "" {
			continue
		}
		var src string
		var ttl, next int
		var seen uint64
		if _, err := fmt.Sscanf(line, "src=%s ttl: %d last_seen: %d oldest_pkt: %d", &src, &ttl, &seen, &next); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		addr := netip.MustParseAddr(src)
		out = append(out, fmt.Sprintf("%v ttl %d, %d stamps, next %d", addr, ttl, strings.Count(line, ",")+1, next))
	}
	slices.Sort(out)
	return out
}

// sources are packets from so many addresses of each family.
func sources(n int) (out []lab.Packet) {
	for i := range n {
		for _, a := range []string{fmt.Sprintf("192.0.2.%d", i+1), fmt.Sprintf("2001:db8::%x", i+1)} {
			out = append(out, lab.Packet{Src: netip.MustParseAddr(a), DPort: uint16(7001 + i%2), SPort: uint16(40000 + i%3)})
		}
	}
	return out
}

// packets are some from a few addresses, of which some come with several TTLs and
// to several destinations.
func packets(hook lab.Hook) []lab.Packet {
	out := sources(5)
	for _, p := range out[:4] {
		p.TTL = 60
		out = append(out, p)
	}
	if hook == lab.Input {
		return out
	}
	for _, p := range out[:4] {
		p.Dst = out[6].Src
		if p.Src.Is6() {
			p.Dst = out[7].Src
		}
		out = append(out, p)
	}
	return out
}

// evicting are rules whose lists overflow. What leaves depends on all that was
// written before, so a single wrong order shows for the rest of the trace.
var evicting = [][]string{
	{
		"-m recent --name A --update --seconds 2",
		"-m recent --name A --rcheck -m recent --name B --set",
		"-m recent --name A ! --rcheck -m recent --name A --set",
	},
	{
		"-m recent --name A ! --update --seconds 1 --reap",
		"-m recent --name A --rcheck --hitcount 2 -m recent --name A --remove",
		"-m recent --name A --set --rdest -m recent --name A --set",
	},
	{
		"-m recent --name A --rcheck --seconds 1 --reap",
		"-m recent --name A --rcheck --rttl -m recent --name B --set",
		"-m recent --name B --rcheck --hitcount 3 -j RETURN",
		"-m recent --name A --set",
		"-m recent --name A --update --seconds 4 --hitcount 4 -j DROP",
	},
}

// TestEvictionAgainstKernel has more sources than a list holds, of both families,
// in two tables.
func TestEvictionAgainstKernel(t *testing.T) {
	lab.Require(t)
	for hook, chains := range map[lab.Hook][2]string{lab.Input: {"PREROUTING", "INPUT"}, lab.Forward: {"PREROUTING", "FORWARD"}, lab.Output: {"OUTPUT", "OUTPUT"}} {
		t.Run(hook.String(), func(t *testing.T) {
			for i, rules := range evicting {
				other := evicting[(i+1)%len(evicting)]
				c := newContest(t, fmt.Sprint("evicting ", i), in("mangle", chains[0], rules)+in("filter", chains[1], other), in("filter", chains[1], rules))
				run(t, hook, lab.RandomTrace(rand.New(rand.NewPCG(uint64(hook), 31)), 24, sources(110)...), c)
			}
		})
	}
}

// in makes a file of rules that stand in one chain.
func in(table, chain string, rules []string) string {
	return "*" + table + "\n-A " + chain + " -p udp " + strings.Join(rules, "\n-A "+chain+" -p udp ") + "\nCOMMIT\n"
}
