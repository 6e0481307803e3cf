package explain

import (
	"fmt"
	"slices"

	"github.com/recentc/recentc/compile"
	"github.com/recentc/recentc/internal/lab"
	"github.com/recentc/recentc/internal/model"
	"github.com/recentc/recentc/internal/modellab"
	"github.com/recentc/recentc/internal/words"
)

// mostTried bounds the packets that are tried on one rule.
const mostTried = 1100

// mostSpent bounds what is tried in a program, in rules that packets meet: each rule is
// tried by itself, beside all others that its packet may match. It is a second or two.
const mostSpent = 10_000_000

// rulesOf is the number of a program's rules, and one for each chain.
func rulesOf(p *compile.Program) int {
	n := len(p.Chains)
	for _, c := range p.Chains {
		n += len(c.Rules)
	}
	return n
}

// try sends packets that come to the rule one after the other from an address that no list knows, and says
// which of them is the first to match. It is empty where there is no such packet, or no model of the rules.
func (t *teller) try(r *compile.Rule, matches []*compile.Recent) string {
	if t.spent > mostSpent {
		return "Not tried: so many rules would take too long."
	}
	t.spent += rulesOf(t.program)
	scene, ok := t.scout.Reach(r)
	if !ok {
		return ""
	}
	t.spent += rulesOf(scene.Program) * tries(matches)
	m, err := model.New([]*compile.Program{scene.Program}, model.Options{})
	if err != nil {
		return ""
	}
	verdicts, err := modellab.Play(m, scene.Config, lab.Trace{slices.Repeat([]lab.Packet{scene.Packet}, tries(matches))})
	if err != nil {
		return ""
	}
	i := slices.IndexFunc(verdicts, func(v model.Verdict) bool { return slices.Contains(v.Rules, r) })
	switch i {
	case -1:
		return "Of packets that come here one after the other from a new address, none matches."
	case 0:
		return "The first such packet from a new address matches."
	}
	return fmt.Sprintf("Of packets that come here one after the other from a new address, the %s is the first to match.", words.Ordinal(i+1))
}

// tries is more than the rule could wait for.
func tries(matches []*compile.Recent) int {
	n := 4
	for _, m := range matches {
		n = max(n, int(min(m.Hits, mostTried))+4)
	}
	return min(n, mostTried)
}
