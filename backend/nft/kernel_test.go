package nft_test

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/backend/nft"
	"github.com/recentc/recentc/compile"
	"github.com/recentc/recentc/grammar"
	"github.com/recentc/recentc/internal/diag"
	"github.com/recentc/recentc/internal/lab"
)

// translate gives the output for rules of one family, and fails the test on any error.
func translate(t *testing.T, family ast.Family, rules string, opts nft.Options) nft.Output {
	t.Helper()
	return translateWith(t, rules, compile.Options{Family: family}, opts)
}

// translateSized gives the output for IPv4 rules with lists of n addresses.
func translateSized(t *testing.T, rules string, n uint32) nft.Output {
	t.Helper()
	return translateWith(t, rules, compile.Options{Family: ast.IPv4, IPListTot: n}, nft.Options{})
}

func translateWith(t *testing.T, rules string, meaning compile.Options, opts nft.Options) nft.Output {
	t.Helper()
	f, diags := grammar.ParseFile("test.rules", rules)
	programs, l := compile.Compile([]*ast.File{f}, meaning)
	diags = append(diags, l...)
	out, l := nft.Translate(programs, opts)
	diags = append(diags, l...)
	if diags.HasErrors() {
		t.Fatalf("%s%s", rules, allText(diags))
	}
	return out
}

func allText(l diag.List) string {
	var b strings.Builder
	diag.Text{}.Write(&b, l)
	return b.String()
}

// generator makes random rule sets around -m recent.
type generator struct {
	*rand.Rand
	lists   []string
	windows []int
}

func newGenerator(seed uint64) *generator {
	g := &generator{Rand: rand.New(rand.NewPCG(seed, 7)), lists: []string{"A", "B"}}
	for s := 1; s <= 9; s++ {
		if lab.SafeWindow(s) {
			g.windows = append(g.windows, s)
		}
	}
	return g
}

func (g *generator) pick(words ...string) string { return words[g.IntN(len(words))] }

// recent is one random match.
func (g *generator) recent() string {
	s := "-m recent --name " + g.pick(g.lists...)
	op := g.pick("--set", "--rcheck", "--update", "--update", "--rcheck", "--remove")
	if g.IntN(6) == 0 {
		op = "! " + op
	}
	s += " " + op
	if strings.HasSuffix(op, "rcheck") || strings.HasSuffix(op, "update") {
		if g.IntN(5) > 0 {
			s += fmt.Sprintf(" --seconds %d", g.windows[g.IntN(len(g.windows))])
		}
		if g.IntN(3) > 0 {
			s += fmt.Sprintf(" --hitcount %d", 1+g.IntN(7))
		}
	}
	if g.IntN(8) == 0 {
		s += " --rdest"
	}
	return s
}

// ruleSet is a random mangle table. Most rules mark the packet with a bit of
// their own, so that the mark it leaves with tells which of them matched.
func (g *generator) ruleSet() string {
	var b strings.Builder
	b.WriteString("*mangle\n:INPUT ACCEPT [0:0]\n:ONE - [0:0]\n:TWO - [0:0]\n")
	fmt.Fprintf(&b, "-A INPUT %s -m recent --set --name A\n", g.pick("-p udp", "-p udp --dport 7001"))
	for bit := range 5 + g.IntN(8) {
		chain := g.pick("INPUT", "INPUT", "ONE", "TWO")
		fmt.Fprintf(&b, "-A %s -p udp%s %s", chain, g.condition(), g.recent())
		if g.IntN(4) == 0 {
			b.WriteString(g.condition() + " " + g.recent())
		}
		b.WriteString(g.target(chain, bit) + "\n")
	}
	b.WriteString("-A INPUT -j ONE\nCOMMIT\n")
	return b.String()
}

func (g *generator) condition() string {
	return g.pick("", "", "", " -m udp --dport 7001", " -m ttl --ttl-gt 10", " -m length --length 1:1000")
}

// target is mostly a mark, sometimes what ends or leaves the chain.
func (g *generator) target(chain string, bit int) string {
	mark := fmt.Sprintf(" -j MARK --set-xmark 0x%x/0x%x", 1<<bit, 1<<bit)
	switch {
	case g.IntN(3) > 0:
		return mark
	case chain == "INPUT":
		return g.pick(" -j DROP", " -j ACCEPT", " -j RETURN", "", " -j ONE", " -j TWO", " -g TWO")
	case chain == "ONE":
		return g.pick(" -j DROP", " -j ACCEPT", " -j RETURN", "", " -j TWO", " -g TWO")
	}
	return g.pick(" -j DROP", " -j ACCEPT", " -j RETURN", " -j RETURN", "")
}

// ruleSets is how many rule sets are tried: RECENTC_RULESETS, or few.
func ruleSets() int {
	if n, err := strconv.Atoi(os.Getenv("RECENTC_RULESETS")); err == nil {
		return n
	}
	return 24
}

// TestRandomAgainstKernel sends the same random packets to xt_recent and to the
// translation of random rule sets.
func TestRandomAgainstKernel(t *testing.T) {
	lab.Require(t)
	const atOnce = 12 // they sleep most of the time
	var all sync.WaitGroup
	slots := make(chan struct{}, atOnce)
	for seed := range uint64(ruleSets()) {
		slots <- struct{}{}
		all.Go(func() {
			defer func() { <-slots }()
			t.Run(fmt.Sprint("seed", seed), func(t *testing.T) {
				g := newGenerator(seed)
				rules := g.ruleSet()
				rules6 := strings.ReplaceAll(rules, "-m ttl --ttl-gt", "-m hl --hl-gt")
				compareWithKernel(t, g.Rand, rules, rules6, nft.Options{})
			})
		})
	}
	all.Wait()
}

func sources(n int) (out []lab.Packet) {
	for i := range n {
		for _, a := range []string{fmt.Sprintf("192.0.2.%d", i+1), fmt.Sprintf("2001:db8::%x", i+1)} {
			out = append(out, lab.Packet{Src: netip.MustParseAddr(a), DPort: uint16(7001 + i%2)})
		}
	}
	return out
}

// compareWithKernel runs one random trace and reports every difference.
func compareWithKernel(t *testing.T, rng *rand.Rand, rules, rules6 string, opts nft.Options) lab.Result {
	t.Helper()
	script := translate(t, ast.IPv4, rules, opts).Text + translate(t, ast.IPv6, rules6, opts).Text
	l, err := lab.New(lab.Config{Hook: lab.Input, Candidates: []lab.Candidate{
		lab.Legacy("xt_recent", rules, rules6), lab.NFT("nft", script),
	}})
	if err != nil {
		t.Fatalf("%v\n%s\n%s", err, rules, script)
	}
	defer l.Close()
	r, err := l.RunOnTime(t.Context(), 8, lab.RandomTrace(rng, 100, sources(6)...))
	if err != nil {
		t.Fatal(err)
	}
	if d := r.Diff("xt_recent", "nft"); len(d) > 0 {
		t.Errorf("%d of %d packets differ:\n%v\n%s", len(d), len(r.Packets), d, rules)
	}
	t.Logf("%d packets, %d dropped, %d verdicts or marks unlike the packet's before", len(r.Packets), r.Dropped("xt_recent"), turns(r, "xt_recent"))
	return r
}

// turns counts how often a source's packet was treated unlike the one before:
// a trace with few of them tests little.
func turns(r lab.Result, candidate string) (n int) {
	last := map[netip.Addr]int64{}
	for i, p := range r.Packets {
		now := int64(r.Marks[candidate][i]) << 1
		if r.Accepted[candidate][i] {
			now |= 1
		}
		if before, seen := last[p.Src]; seen && before != now {
			n++
		}
		last[p.Src] = now
	}
	return n
}
