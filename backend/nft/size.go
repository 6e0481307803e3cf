package nft

import (
	"fmt"

	"github.com/recentc/recentc/compile"
	"github.com/recentc/recentc/internal/diag"
)

// mostTests bounds what the rules of a program may take in the output where few words
// stand for many tests: so many tests, and rules of lists, of some 60 bytes each. The
// largest of real files need some hundreds.
const mostTests = 400_000

// fits refuses the first rule with which the output would be too large. It asks before
// anything is made, rule by rule in the order of the program, so that the answer depends
// on nothing else. What stands as written, as the ports of a rule, is not counted.
func (t *translator) fits() bool {
	total, known := 0, map[*compile.List]bool{}
	for _, c := range t.prog.Chains {
		for _, r := range c.Rules {
			if total += ruleSize(r, known, t.opts.Meter); total > mostTests {
				t.rule = r
				t.tooLarge()
				return false
			}
		}
	}
	return true
}

func (t *translator) tooLarge() {
	t.fail(diag.TooLarge, "the output is too large with this rule",
		fmt.Sprintf("This rule and those in front of it stand for over %d tests. A --u32 takes one for each value with each value of its other parts, --string one for each place, and a list one for each hit that it counts.", mostTests),
		"Use ranges in place of single values, --to for texts, or smaller hitcounts.")
	(*t.diags)[len(*t.diags)-1].Rule = false // leaving one rule out would not do
}

// ruleSize is about how many tests a rule takes because of steps that stand for many. A
// list counts with the first rule that uses it.
func ruleSize(r *compile.Rule, known map[*compile.List]bool, meter bool) (n int) {
	for _, s := range r.Steps {
		switch s := s.(type) {
		case *compile.U32:
			n += u32Size(s)
		case *compile.StringTest:
			n += stringSize(s)
		case *compile.Seen:
			n += listSize(s.List, known, meter)
			if !meter {
				n += int(min(s.Ring.Hits, maxHits))
			}
		case *compile.Record:
			n += listSize(s.List, known, meter)
		case *compile.Forget:
			n += listSize(s.List, known, meter)
		}
	}
	return n
}

// u32Size is the number of alternatives, each with a test for each part.
func u32Size(m *compile.U32) int {
	n := 1
	for i := range m.Tests {
		if n *= max(1, len(m.Tests[i].Values)); n > mostTests {
			return n
		}
	}
	if n == 1 {
		return 0
	}
	return n * len(m.Tests)
}

func stringSize(m *compile.StringTest) int {
	if m.Last < m.From || m.Last > maxPayload {
		return 0
	}
	return int(m.Last - m.From)
}

// listSize is how many rules the windows of a list take, at the first call for it.
func listSize(l *compile.List, known map[*compile.List]bool, meter bool) (n int) {
	if known[l] {
		return 0
	}
	known[l] = true
	for _, q := range l.Rings {
		if q.Hits > 1 && !meter && (q.Hits <= maxHits || q.Window == 0) {
			n += 4 * int(q.Hits)
		}
	}
	return n
}
