package nft_test

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/backend/nft"
	"github.com/recentc/recentc/compile"
	"github.com/recentc/recentc/grammar"
	"github.com/recentc/recentc/internal/lab"
	"github.com/recentc/recentc/ipset"
)

// withSets is a candidate of iptables-legacy whose rules name sets.
func withSets(sets, rules, rules6 string) lab.Candidate {
	return lab.Candidate{Name: "ipset", Load: func(ns *lab.Namespace) error {
		if _, err := ns.Run(sets, "ipset", "restore"); err != nil {
			return err
		}
		return lab.Legacy("", rules, rules6).Load(ns)
	}}
}

func parseSets(t *testing.T, text string) ipset.Collection {
	t.Helper()
	sets := ipset.Collection{}
	if l := sets.ParseFile("test.ipset", text); len(l) > 0 {
		t.Fatalf("%s\n%s", allText(l), text)
	}
	return sets
}

// setGenerator makes sets and rules in a universe that is small enough for
// entries to meet.
type setGenerator struct {
	*rand.Rand
	v6 bool
	// plain leaves out what packets cannot add to.
	plain bool
	types []string
	sets  strings.Builder
	names []string
}

func (g *setGenerator) address() string { return g.at(g.IntN(64)) }

func (g *setGenerator) at(n int) string {
	if g.v6 {
		return fmt.Sprintf("2001:db8::%x", n)
	}
	return fmt.Sprintf("10.9.0.%d", n)
}

// net is an address with one of a few prefixes, so that nets lie in each other.
func (g *setGenerator) net() string {
	if bits := []int{0, 1, 3, 4, 8, 60}[g.IntN(6)]; bits > 0 && g.v6 {
		return fmt.Sprintf("%s/%d", g.address(), max(64, 128-bits))
	} else if bits > 0 {
		return fmt.Sprintf("%s/%d", g.address(), max(16, 32-bits))
	}
	return g.address()
}

func (g *setGenerator) port() string {
	icmp := []string{"icmp:8/0", "icmp:3/1", "icmp:13/0"}
	if g.v6 {
		icmp = []string{"icmpv6:128/0", "icmpv6:1/4", "icmpv6:133/0"}
	}
	return append(icmp, "80", "tcp:7001", "udp:7001", "udp:7002", "sctp:80", "gre:0", "tcp:40000", "udp:40000")[g.IntN(11)]
}

func (g *setGenerator) field(f string) string {
	switch f {
	case "ip":
		return g.address()
	case "net":
		return g.net()
	case "port":
		return g.port()
	case "iface":
		return []string{"v0", "v1", "eth9"}[g.IntN(3)]
	case "mac":
		return []string{"02:00:00:00:00:01", "02:00:00:00:00:02", "02:00:00:00:00:03"}[g.IntN(3)]
	}
	panic(f)
}

func (g *setGenerator) create() {
	kind := g.types[g.IntN(len(g.types))]
	name := fmt.Sprintf("s%d", len(g.names))
	g.names = append(g.names, name)
	fmt.Fprintf(&g.sets, "create %s %s", name, kind)
	timed := g.IntN(3) == 0 && kind != "hash:net,iface"
	switch {
	case kind == "bitmap:port":
		g.sets.WriteString(" range 0-45000")
	case strings.HasPrefix(kind, "bitmap"):
		g.sets.WriteString(" range 10.9.0.0/26")
	case g.v6:
		g.sets.WriteString(" family inet6")
	}
	if kind == "hash:ip" && g.IntN(3) == 0 {
		fmt.Fprintf(&g.sets, " netmask %d", map[bool]int{false: 30, true: 126}[g.v6])
	}
	if timed {
		g.sets.WriteString(" timeout 900")
	}
	if g.IntN(4) == 0 {
		g.sets.WriteString(" counters")
	}
	g.sets.WriteByte('\n')
	for range g.IntN(14) {
		g.entry(name, kind, timed)
	}
}

func (g *setGenerator) entry(name, kind string, timed bool) {
	_, fields, _ := strings.Cut(kind, ":")
	value := ""
	switch {
	case kind == "bitmap:port":
		value = fmt.Sprint([]int{80, 7001, 7002, 40000}[g.IntN(4)])
	case kind == "hash:ip" && !g.v6 && g.IntN(3) == 0:
		value = fmt.Sprintf("10.9.0.%d-10.9.0.%d", g.IntN(30), 30+g.IntN(9))
	default:
		var parts []string
		for _, f := range strings.Split(fields, ",") {
			parts = append(parts, g.field(f))
		}
		value = strings.Join(parts, ",")
	}
	nomatch := !g.plain && strings.Contains(fields, "net") && g.IntN(3) == 0
	fmt.Fprintf(&g.sets, "add %s %s", name, value)
	if timed && !g.plain && !strings.Contains(fields, "net") && g.IntN(2) == 0 {
		g.sets.WriteString(" timeout 0")
	} else if timed {
		g.sets.WriteString(" timeout 1000")
	}
	if nomatch {
		g.sets.WriteString(" nomatch")
	}
	g.sets.WriteString(" -exist\n")
}

func (g *setGenerator) sides() string {
	sides := []string{}
	for range 1 + g.IntN(3) {
		sides = append(sides, []string{"src", "src", "dst"}[g.IntN(3)])
	}
	return strings.Join(sides, ",")
}

// matches are rules that each mark the packet with a bit of their own.
func (g *setGenerator) matches(hook lab.Hook) string {
	var b strings.Builder
	for i := range 24 {
		not := []string{"", "", "! "}[g.IntN(3)]
		more := []string{"", "", " --return-nomatch"}[g.IntN(3)]
		protocol := []string{"", "", "-p tcp ", "-p udp "}[g.IntN(4)]
		fmt.Fprintf(&b, "-A %v %s-m set %s--match-set %s %s%s -j MARK --or-mark %#x\n",
			hook, protocol, not, g.names[g.IntN(len(g.names))], g.sides(), more, 1<<i)
	}
	return "*mangle\n" + b.String() + "COMMIT\n"
}

// packets are what the sets may hold, and what they do not.
func (g *setGenerator) packets() (out []lab.Packet) {
	for range 220 {
		p := lab.Packet{Src: netip.MustParseAddr(g.at(g.IntN(32)))}
		if g.IntN(2) == 0 {
			p.Dst = netip.MustParseAddr(g.at(32 + g.IntN(32)))
		}
		p.DPort = []uint16{80, 7001, 7002}[g.IntN(3)]
		p.Proto = []lab.Protocol{lab.TCP, lab.UDP, lab.UDP, lab.ICMP, 47, 99}[g.IntN(6)]
		if p.Proto == lab.ICMP && g.IntN(2) == 0 && !g.v6 {
			p.Message = lab.ICMPMessage{Type: 13, Set: true}
		}
		out = append(out, p)
	}
	return out
}

var types4 = []string{
	"hash:ip", "hash:net", "hash:net", "hash:ip,port", "hash:net,port", "hash:ip,port,ip", "hash:ip,port,net", "hash:net,iface",
	"bitmap:ip", "bitmap:ip,mac", "bitmap:port",
}

var types6 = []string{"hash:ip", "hash:net", "hash:ip,port", "hash:net,port", "hash:ip,port,ip", "hash:ip,port,net", "hash:net,iface", "bitmap:port"}

// TestSetsAgainstKernel holds that random sets match the packets that the
// kernel's ipset matches, and that what `ipset save` prints of them is read as
// the lines that made them.
func TestSetsAgainstKernel(t *testing.T) {
	lab.RequireIPSet(t)
	for seed := range uint64(max(12, ruleSets()/4)) {
		t.Run(fmt.Sprint("seed", seed), func(t *testing.T) {
			t.Parallel()
			g := &setGenerator{Rand: rand.New(rand.NewPCG(seed, 77)), v6: seed%3 == 2, types: types4}
			if g.v6 {
				g.types = types6
			}
			for range 9 {
				g.create()
			}
			fmt.Fprintf(&g.sets, "create l list:set\nadd l s0\nadd l s1\nadd l s2\n")
			g.names = append(g.names, "l")
			hook := []lab.Hook{lab.Input, lab.Forward}[g.IntN(2)]
			g.compare(t, hook, g.matches(hook), lab.Trace{g.packets()})
		})
	}
}

func (g *setGenerator) compare(t *testing.T, hook lab.Hook, rules string, trace lab.Trace) {
	t.Helper()
	text := g.sets.String()
	family := ast.IPv4
	rules4, rules6 := rules, ""
	if g.v6 {
		family, rules4, rules6 = ast.IPv6, "", rules
	}
	out := translateWith(t, rules, compile.Options{Family: family, Sets: parseSets(t, text)}, nft.Options{})
	if err := lab.RoundTrip(out.Text); err != nil {
		t.Fatalf("%v\n%s", err, out.Text)
	}
	l, err := lab.New(lab.Config{Hook: hook, Candidates: []lab.Candidate{withSets(text, rules4, rules6), lab.NFT("nft", out.Text)}})
	if err != nil {
		t.Fatalf("%v\n%s%s%s", err, text, rules, out.Text)
	}
	defer l.Close()
	saved, err := l.Namespace("ipset").Run("", "ipset", "save")
	if err != nil {
		t.Fatal(err)
	}
	sameSets(t, parseSets(t, text), parseSets(t, saved))
	r, err := l.Run(t.Context(), trace) // late packets do no harm: nothing ends
	if err != nil {
		t.Fatal(err)
	}
	if d := r.Diff("ipset", "nft"); len(d) > 0 {
		t.Errorf("%d of %d packets differ:\n%v\n%s\n%s", len(d), len(r.Packets), d[:min(len(d), 5)], rules, out.Text)
		t.Log(text)
	}
	marks := map[uint32]bool{}
	for _, m := range r.Marks["ipset"] {
		marks[m] = true
	}
	t.Logf("%d packets, %d different marks", len(r.Packets), len(marks))
}

// sameSets compares what two texts make, without the time that has passed.
func sameSets(t *testing.T, want, got ipset.Collection) {
	t.Helper()
	sorted := cmpopts.SortSlices(func(a, b ipset.Entry) bool { return fmt.Sprint(a.Key) < fmt.Sprint(b.Key) })
	near := gocmp.FilterPath(func(p gocmp.Path) bool { return p.Last().String() == ".Timeout" },
		gocmp.Comparer(func(a, b uint32) bool { return (a == 0) == (b == 0) && max(a, b)-min(a, b) < 20 }))
	options := gocmp.Options{
		sorted, near, gocmp.Comparer(func(a, b netip.Prefix) bool { return a == b }), gocmp.Comparer(func(a, b netip.Addr) bool { return a == b }),
		gocmp.Comparer(func(a, b *ipset.Type) bool { return a == b }),
		cmpopts.IgnoreFields(ipset.Set{}, "File", "Range", "Ranges"), cmpopts.IgnoreFields(ipset.Entry{}, "Line"),
		cmpopts.IgnoreUnexported(ipset.Set{}, ipset.Entry{}), cmpopts.EquateEmpty(),
	}
	if diff := gocmp.Diff(want, got, options); diff != "" {
		t.Errorf("the kernel has other sets than the text (-text +kernel):\n%s", diff)
	}
}

// changes are rules that add to sets and remove from them, and rules that mark
// what is in them then.
func (g *setGenerator) changes(hook lab.Hook) string {
	var b strings.Builder
	for i := range 10 {
		name := g.names[g.IntN(len(g.names))]
		protocol := []string{"", "", "-p tcp ", "-p udp ", "-p icmp "}[g.IntN(4)]
		change := []string{"--add-set", "--add-set", "--del-set"}[g.IntN(3)]
		again := ""
		if change == "--add-set" && g.IntN(2) == 0 {
			again = " --exist"
		}
		fmt.Fprintf(&b, "-A %v %s-m statistic --mode nth --every %d --packet 0 -j SET %s %s %s%s\n", hook, protocol, 1+g.IntN(4), change, name, g.sides(), again)
		for j := range 2 {
			fmt.Fprintf(&b, "-A %v -m set --match-set %s %s -j MARK --or-mark %#x\n", hook, g.names[g.IntN(len(g.names))], g.sides(), 1<<(2*i+j))
		}
	}
	return "*mangle\n" + b.String() + "COMMIT\n"
}

// translates tells whether the rules can be translated with the sets at all.
func (g *setGenerator) translates(rules string) bool {
	sets := ipset.Collection{}
	sets.ParseFile("", g.sets.String())
	f, _ := grammar.ParseFile("", rules)
	family := ast.IPv4
	if g.v6 {
		family = ast.IPv6
	}
	programs, diags := compile.Compile([]*ast.File{f}, compile.Options{Family: family, Sets: sets})
	_, more := nft.Translate(programs, nft.Options{})
	return !diags.HasErrors() && !more.HasErrors()
}

// TestSetChangesAgainstKernel holds that packets change random sets as they
// change the kernel's.
func TestSetChangesAgainstKernel(t *testing.T) {
	lab.RequireIPSet(t)
	for seed := range uint64(max(8, ruleSets()/4)) {
		t.Run(fmt.Sprint("seed", seed), func(t *testing.T) {
			t.Parallel()
			hook, rules := []lab.Hook{lab.Input, lab.Forward}[seed%2], ""
			g := &setGenerator{Rand: rand.New(rand.NewPCG(seed, 78))}
			for range 400 {
				g = &setGenerator{Rand: g.Rand, v6: seed%3 == 2, types: types4, plain: true}
				if g.v6 {
					g.types = types6
				}
				for range 4 {
					g.create()
				}
				if rules = g.changes(hook); g.translates(rules) {
					break
				}
			}
			trace := lab.Trace{}
			for range 4 {
				trace = append(trace, g.packets()[:60])
			}
			g.compare(t, hook, rules, trace)
		})
	}
}

// TestSetTimeoutsAgainstKernel holds when entries that packets added end, and that
// --exist makes them young again. No age of an entry comes near a timeout.
func TestSetTimeoutsAgainstKernel(t *testing.T) {
	lab.RequireIPSet(t)
	t.Parallel()
	const sets = "create a hash:ip timeout 1\ncreate b hash:ip,port timeout 600\n"
	const rules = "*mangle\n-A INPUT -m set --match-set a src -j MARK --or-mark 0x1\n-A INPUT -m set --match-set b src,dst -j MARK --or-mark 0x2\n" +
		"-A INPUT -p tcp -j SET --add-set a src\n-A INPUT -p udp --dport 80 -j SET --add-set a src --exist --timeout 3\n" +
		"-A INPUT -p icmp -j SET --del-set a src\n-A INPUT -p udp --dport 81 -j SET --add-set b src,dst --timeout 2\nCOMMIT\n"
	out := translateWith(t, rules, compile.Options{Family: ast.IPv4, Sets: parseSets(t, sets)}, nft.Options{})
	rng := rand.New(rand.NewPCG(9, 9))
	trace := make(lab.Trace, 3*40)
	for tick := 0; tick < len(trace); tick += 3 {
		for i := range 12 {
			p := lab.Packet{Src: netip.MustParseAddr(fmt.Sprintf("192.0.2.%d", i+1)), Proto: lab.UDP, DPort: 81}
			switch rng.IntN(9) {
			case 0:
				p.Proto = lab.TCP
			case 1:
				p.DPort = 80
			case 2:
				p.Proto = lab.ICMP
			case 3:
			default:
				p.DPort = 82
			}
			trace[tick] = append(trace[tick], p)
		}
	}
	l, err := lab.New(lab.Config{Candidates: []lab.Candidate{withSets(sets, rules, ""), lab.NFT("nft", out.Text)}})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	r, err := l.RunSame(t.Context(), 8, trace, sameAs("ipset"))
	if err != nil {
		t.Fatal(err)
	}
	if d := r.Diff("ipset", "nft"); len(d) > 0 {
		t.Errorf("%d of %d packets differ:\n%v\n%s", len(d), len(r.Packets), d, out.Text)
	}
	t.Logf("%d packets, %d verdicts or marks unlike the packet's before", len(r.Packets), r.Turns("ipset"))
}
