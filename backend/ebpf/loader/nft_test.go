package loader_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/backend/nft"
	"github.com/recentc/recentc/compile"
	"github.com/recentc/recentc/grammar"
	"github.com/recentc/recentc/internal/lab"
	"github.com/recentc/recentc/internal/model"
	"github.com/recentc/recentc/internal/modellab"
)

// withoutApproximations takes from random rules what nftables cannot do exactly: it would also cut off
// sources that are removed as often as these are. Lists of the two families have names of their own:
// xt_recent applies the first one's mask to the addresses of both.
var withoutApproximations = strings.NewReplacer(" --rttl", "", " --reap", "", "--remove", "--rcheck", "--seconds 17179870", "--seconds 2", "--seconds 17179872", "--seconds 3",
	// Where a second's third ends, a jiffy decides.
	"--limit 3/second", "--limit 1/hour",
	// Only verdicts tell there what a packet met.
	"-j LOG", "-j DROP", "-j NFLOG --nflog-group 9", "-j DROP")

// TestAgainstNFT sends random packets to both backends' translations of rule sets that the other
// one has no reservations about either. What is compared here are the backends with each other, through
// xt_recent, which runs beside them.
func TestAgainstNFT(t *testing.T) {
	inLabs(t, hooks, func(t *testing.T, hook lab.Hook, first, end int) {
		g := newGenerator(uint64(first)+1000, hook)
		trace := lab.RandomTrace(g.Rand, 90, packets(hook)...)
		var all []*contest
		for n := first; n < end; n++ {
			all = append(all, g.exactContest(t, fmt.Sprint("rule set ", n), trace))
		}
		run(t, hook, trace, all...)
	})
}

// fewTurns is how often the verdict on a source changes in a trace at least, so that mistakes show.
const fewTurns = 8

// exactContest draws rule sets until there is one that the nftables backend treats exactly, too, and
// for which the model expects turns enough.
func (g *generator) exactContest(t *testing.T, name string, trace lab.Trace) *contest {
	t.Helper()
	for range 1000 {
		rules4 := withoutApproximations.Replace(g.ruleSet(ast.IPv4))
		rules6 := strings.ReplaceAll(withoutApproximations.Replace(g.ruleSet(ast.IPv6)), "--name ", "--name V6")
		programs := parsed(t, rules4, rules6)
		script, ok := exactNFT(programs)
		if ok && predicted(t, g.Hook, programs, trace) >= fewTurns {
			c := newContest(t, name, rules4, rules6)
			c.nft = script
			return c
		}
	}
	t.Fatal("the generator makes no rule set that nftables does exactly")
	return nil
}

func parsed(t *testing.T, rules ...string) []*compile.Program {
	t.Helper()
	var files []*ast.File
	for i, text := range rules {
		f, diags := grammar.ParseFile([]string{"rules.v4", "rules.v6"}[i], text)
		if diags.HasErrors() {
			t.Fatal(diags)
		}
		files = append(files, f)
	}
	programs, diags := compile.Compile(files, compile.Options{})
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	return programs
}

// exactNFT is the script, if all matches are exact or bounded.
func exactNFT(programs []*compile.Program) (script string, ok bool) {
	out, diags := nft.Translate(programs, nft.Options{})
	return out.Text, !diags.HasErrors() && !slices.ContainsFunc(out.Matches, func(m nft.Match) bool { return m.Fidelity == nft.Approximate })
}

// predicted is how many turns the model expects of rules that it knows.
func predicted(t *testing.T, hook lab.Hook, programs []*compile.Program, trace lab.Trace) int {
	t.Helper()
	m, err := model.New(programs, model.Options{})
	if err != nil {
		return 0 // a match that it does not know
	}
	r, err := modellab.Predict(m, lab.Config{Hook: hook}, "model", trace)
	if err != nil {
		t.Fatal(err)
	}
	return r.Turns("model")
}
