package lint

import (
	"fmt"

	"github.com/recentc/recentc/compile"
	"github.com/recentc/recentc/internal/diag"
	"github.com/recentc/recentc/internal/words"
)

var neverMatches = Check{
	Explanation: explain("RC2014", "rule can never match",
		"Earlier rules end the way of every packet that this one is about, or its conditions and those of the calls that lead to it exclude each other. If the earlier rule does something else with the packets, that is what happens to them; if it does the same, the rule is only superfluous, and the finding is a note.",
		filter("-A INPUT -p tcp -j ACCEPT\n-A INPUT -s 192.0.2.0/24 -p tcp --dport 25 -j DROP\n"),
		filter("-A INPUT -s 192.0.2.0/24 -p tcp --dport 25 -j DROP\n-A INPUT -p tcp -j ACCEPT\n")),
	Severity: diag.Warning, Since: since,
	program: func(p *pass) {
		d := deadRules{pass: p, said: map[*compile.Rule]bool{}, same: map[*compile.Rule][]*ruleFlow{}}
		p.eachDead(func(r *ruleFlow) {
			if p.usesLists(r) && len(r.by) > 0 && acceptedBy(r) || r.rule.Failed || filledWhileRunning(r.chain.Name) {
				return
			}
			d.rule(r)
		})
		d.superfluous()
	},
}

// deadRules collects what there is to say about rules that never match.
type deadRules struct {
	*pass
	// said has the rules behind which all others of their chain are dead.
	said map[*compile.Rule]bool
	// same has the superfluous rules by the one that has done their work, which
	// stand in order.
	same  map[*compile.Rule][]*ruleFlow
	order []*compile.Rule
}

func (d *deadRules) rule(r *ruleFlow) {
	if len(r.by) == 0 {
		d.contradiction(r)
		return
	}
	by := r.by[0].rule
	fix := fmt.Sprintf("Move it in front of line %d, or remove it.", by.Range.Start.Line)
	if d.rules[by].chain != r.chain {
		fix = fmt.Sprintf("Let the packets come to it before line %d, or remove it.", by.Range.Start.Line)
	}
	switch {
	case d.rules[by].chain == r.chain && unconditional(by):
		if !d.said[by] && !d.trailing(r) {
			d.said[by] = true
			d.report(ruleAt(r.rule), fmt.Sprintf("no packet comes here or to the rules below: line %d takes all", by.Range.Start.Line),
				fmt.Sprintf("That rule has no condition (%s), so chain %s ends there.", targetName(by), r.chain.Name), fix)
		}
	case d.sameEnd(r):
		if d.same[by] == nil {
			d.order = append(d.order, by)
		}
		d.same[by] = append(d.same[by], r)
	default:
		d.report(ruleAt(r.rule), fmt.Sprintf("no packet comes here: line %d takes them (%s)", by.Range.Start.Line, targetName(by)),
			"That rule, which stands earlier on the packets' way, is about the same packets or more.", fix)
	}
}

// superfluous reports rules whose work has been done, once for each rule that
// does it.
func (d *deadRules) superfluous() {
	for _, by := range d.order {
		rules := d.same[by]
		why := "The rule changes nothing."
		if n := len(rules) - 1; n > 0 {
			why = fmt.Sprintf("The rule changes nothing, nor do %s further down that line %d also does the work of (the last is line %d).",
				words.Count(n, "rule"), by.Range.Start.Line, rules[n].rule.Range.Start.Line)
		}
		d.reportAs(diag.Note, ruleAt(rules[0].rule), fmt.Sprintf("no packet comes here: line %d does the same with them", by.Range.Start.Line), why, "Remove it.")
	}
}

// trailing tells a RETURN at the end of a chain of one's own, which many write
// for completeness.
func (d *deadRules) trailing(r *ruleFlow) bool {
	_, isReturn := r.rule.Target.(compile.Return)
	return isReturn && r.chain.Rules[len(r.chain.Rules)-1] == r.rule
}

// sameEnd tells whether the rules that take the packets do with them what this
// one would.
func (d *deadRules) sameEnd(r *ruleFlow) bool {
	if d.usesLists(r) || r.rule.Target == nil {
		return false
	}
	accepts := d.fate(r.chain, r.rule) == accepted
	mine := canonicalTarget(r.rule.Target)
	for _, t := range r.by {
		by := d.rules[t.rule]
		if canonicalTarget(t.rule.Target) != mine && !(accepts && d.fate(by.chain, by.rule) == accepted) {
			return false
		}
	}
	return true
}

// canonicalTarget writes a target so that equal text means equal targets.
func canonicalTarget(t compile.Target) string { return t.Extension() + canonical(t) }

func (p *pass) contradiction(r *ruleFlow) {
	if p.never[place{r.rule.File.Name, r.rule.Range.Start.Line}] {
		return
	}
	why := "The conditions of the calls that lead to chain " + r.chain.Name + " and those of the rule exclude each other."
	if r.condition.empty {
		why = "Its conditions exclude each other."
	} else if r.chain.Hook != compile.NoHook {
		why = "No packet in table " + r.chain.Table + " fulfils its conditions: the table sees only the first packet of a connection."
	}
	p.report(ruleAt(r.rule), "no packet can match this rule", why, "Remove it, or correct the condition.")
}

// neverIn are the lines whose rule the compiler has found never to match.
func neverIn(l diag.List) map[place]bool {
	lines := map[place]bool{}
	for i := range l {
		if d := &l[i]; d.Code == diag.NeverMatches {
			lines[place{d.File, d.Range.Start.Line}] = true
		}
	}
	return lines
}
