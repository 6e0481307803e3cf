package nft_test

import (
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/backend/nft"
	"github.com/recentc/recentc/compile"
	"github.com/recentc/recentc/grammar"
	"github.com/recentc/recentc/internal/diag"
	"github.com/recentc/recentc/internal/lab"
	"github.com/recentc/recentc/internal/model"
	"github.com/recentc/recentc/internal/modellab"
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
	out, diags := nft.Translate(compiled(t, rules, meaning), opts)
	if diags.HasErrors() {
		t.Fatalf("%s%s", rules, allText(diags))
	}
	return out
}

func compiled(t *testing.T, rules string, meaning compile.Options) []*compile.Program {
	t.Helper()
	f, diags := grammar.ParseFile("test.rules", rules)
	programs, l := compile.Compile([]*ast.File{f}, meaning)
	if diags = append(diags, l...); diags.HasErrors() {
		t.Fatalf("%s%s", rules, allText(diags))
	}
	return programs
}

func allText(l diag.List) string {
	var b strings.Builder
	diag.Text{}.Write(&b, l)
	return b.String()
}

// ruleSets is how many rule sets are tried: RECENTC_RULESETS, or few.
func ruleSets() int {
	if n, err := strconv.Atoi(os.Getenv("RECENTC_RULESETS")); err == nil {
		return n
	}
	return 70
}

// tried and compared count the rule sets that were loaded, and those that were compared to the end.
var tried, compared atomic.Int32

// TestRandomAgainstKernel sends the same random packets to xt_recent and to the
// translation of random rule sets. In one of eight they ask for TTLs, which no
// source changes: only then is that exact.
func TestRandomAgainstKernel(t *testing.T) {
	lab.Require(t)
	const atOnce = 15 // they sleep most of the time
	var all sync.WaitGroup
	slots := make(chan struct{}, atOnce)
	for seed := range uint64(ruleSets()) {
		slots <- struct{}{}
		all.Go(func() {
			defer func() { <-slots }()
			t.Run(fmt.Sprint("seed", seed), func(t *testing.T) {
				g := newGenerator(seed)
				g.ttl = seed%8 == 7
				rules, rules6, trace := g.telling(t)
				compareWithKernel(t, g, rules, rules6, trace)
			})
		})
	}
	all.Wait()
	if n, of := compared.Load(), tried.Load(); n*10 < of*6 {
		t.Errorf("only %d of %d rule sets could be compared", n, of)
	}
}

// maxRemovals keeps a burst of a trace, about ten packets of a source in a
// millisecond, from leaving more dead elements than are safe at once (churn.go).
const maxRemovals = 2

// fewPackets is how long a trace is at least, and fewTurns how often the treatment of a source changes in it,
// so that mistakes show.
const fewPackets, fewTurns = 300, 30

// telling makes rule sets until there is one that the translation treats exactly, and for which the
// model expects changes enough.
func (g *generator) telling(t *testing.T) (rules, rules6 string, trace lab.Trace) {
	t.Helper()
	for range 1000 {
		rules, rules6 = inFamilies(g.ruleSet())
		if strings.Count(rules, "--remove") > maxRemovals || !faithful(t, rules) {
			continue
		}
		trace = lab.RandomTrace(g.Rand, 100, sources(6)...)
		if r := predict(t, g.hook, rules, rules6, trace); len(r.Packets) >= fewPackets && r.Turns("model") >= fewTurns {
			return rules, rules6, trace
		}
	}
	t.Fatal("the generator makes no rule set that tells anything")
	return
}

// predict asks the model.
func predict(t *testing.T, hook lab.Hook, rules, rules6 string, trace lab.Trace) lab.Result {
	t.Helper()
	programs := append(compiled(t, rules, compile.Options{Family: ast.IPv4}), compiled(t, rules6, compile.Options{Family: ast.IPv6})...)
	m, err := model.New(programs, model.Options{})
	if err != nil {
		t.Fatal(err)
	}
	r, err := modellab.Predict(m, lab.Config{Hook: hook}, "model", trace)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// faithful tells whether every match is exact or bounded, but for the TTL: where a --reap and a
// longer look back meet, the translation says itself that it differs. Nor does a
// rule set tell anything whose translation has more chains in a row than the kernel allows.
func faithful(t *testing.T, rules string) bool {
	t.Helper()
	out, diags := nft.Translate(compiled(t, rules, compile.Options{Family: ast.IPv4}), nft.Options{})
	if diags.HasErrors() && !slices.ContainsFunc(diags, func(d diag.Diagnostic) bool { return d.Code == diag.TooDeep }) {
		t.Fatalf("%s%s", rules, allText(diags))
	}
	return !diags.HasErrors() && !slices.ContainsFunc(out.Matches, func(m nft.Match) bool {
		return m.Fidelity == nft.Approximate && !m.Recent.TTL
	})
}

func sources(n int) (out []lab.Packet) {
	for i := range n {
		for _, a := range []string{fmt.Sprintf("192.0.2.%d", i+1), fmt.Sprintf("2001:db8::%x", i+1)} {
			out = append(out, lab.Packet{Src: netip.MustParseAddr(a), DPort: uint16(7001 + i%2), TTL: uint8(60 + i)})
		}
	}
	return out
}

// compareWithKernel runs one random trace and reports every difference.
func compareWithKernel(t *testing.T, g *generator, rules, rules6 string, trace lab.Trace) {
	t.Helper()
	script := translate(t, ast.IPv4, rules, nft.Options{}).Text + translate(t, ast.IPv6, rules6, nft.Options{}).Text
	l, err := lab.New(lab.Config{Hook: g.hook, Candidates: []lab.Candidate{
		lab.Legacy("xt_recent", rules, rules6), lab.NFT("nft", script),
	}})
	if err != nil {
		t.Fatalf("%v\n%s\n%s", err, rules, script)
	}
	defer l.Close()
	tried.Add(1)
	r, err := l.RunSame(t.Context(), 8, trace, sameAs("xt_recent"))
	if err != nil {
		t.Fatal(err)
	}
	if cutOff(t, l.Namespace("nft")) {
		t.Skip("a source was removed so often that it was cut off: the one difference there is")
	}
	compared.Add(1)
	if d := r.Diff("xt_recent", "nft"); len(d) > 0 {
		t.Errorf("%d of %d packets differ at %v:\n%v\n%s", len(d), len(r.Packets), g.hook, d, rules)
		keep(t, g.hook, d[0].Packet.Src, rules, rules6, trace)
	}
	t.Logf("%v: %d packets, %d dropped, %d verdicts or marks unlike the packet's before",
		g.hook, len(r.Packets), r.Dropped("xt_recent"), r.Turns("xt_recent"))
}

// sameAs tells whether the translation did in a run what the original did.
func sameAs(original string) func(lab.Result) bool {
	return func(r lab.Result) bool { return len(r.Diff(original, "nft")) == 0 }
}

// cutOff tells whether the translation dropped packets of a source that was
// recorded and removed too often (see churn.go): xt_recent does not.
func cutOff(t testing.TB, ns *lab.Namespace) bool {
	t.Helper()
	listed, err := ns.Run("", "nft", "list", "ruleset")
	if err != nil {
		t.Fatal(err)
	}
	return cutCounter.MatchString(listed)
}

var cutCounter = regexp.MustCompile(`_cut counter packets [1-9]`)

// keep cuts a difference down and saves it for TestRegressions.
func keep(t *testing.T, hook lab.Hook, source netip.Addr, rules, rules6 string, trace lab.Trace) {
	t.Helper()
	s := scenario{hook: hook, rules: rules, trace: trace}
	if source.Is6() {
		s.rules = rules6
	}
	for i, tick := range s.trace {
		s.trace[i] = slices.DeleteFunc(slices.Clone(tick), func(p lab.Packet) bool { return p.Src.Is6() != source.Is6() })
	}
	s = s.shrink(t.Context(), source)
	name := strings.ReplaceAll(filepath.Base(t.Name()), "/", "-")
	if err := s.save(name); err != nil {
		t.Error(err)
	}
	t.Logf("cut down to %s/%s:\n%s", regressions, name, s.rules)
}
