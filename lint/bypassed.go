package lint

import (
	"fmt"

	"github.com/recentc/recentc/compile"
	"github.com/recentc/recentc/internal/diag"
	"github.com/recentc/recentc/internal/words"
)

var bypassed = Check{
	Explanation: explain("RC2013", "an ACCEPT before the recent rule bypasses it",
		"Every packet that the rule is about has been accepted before it comes there, so the limit or the ban does nothing.",
		filter("-A INPUT -p tcp -m multiport --dports 22,80 -j ACCEPT\n-A INPUT -p tcp --dport 22 -m conntrack --ctstate NEW -m recent --update --seconds 60 --hitcount 4 --name ssh -j DROP\n-A INPUT -p tcp --dport 22 -m conntrack --ctstate NEW -m recent --set --name ssh -j ACCEPT\n"),
		filter("-A INPUT -p tcp --dport 22 -m conntrack --ctstate NEW -m recent --update --seconds 60 --hitcount 4 --name ssh -j DROP\n-A INPUT -p tcp --dport 22 -m conntrack --ctstate NEW -m recent --set --name ssh -j ACCEPT\n-A INPUT -p tcp --dport 80 -j ACCEPT\n")),
	Severity: diag.Warning, Since: since,
	program: func(p *pass) {
		var order []*compile.Rule
		behind := map[*compile.Rule][]*ruleFlow{}
		p.eachDead(func(r *ruleFlow) {
			if !p.usesLists(r) || len(r.by) == 0 || !acceptedBy(r) {
				return
			}
			by := r.by[0].rule
			if behind[by] == nil {
				order = append(order, by)
			}
			behind[by] = append(behind[by], r)
		})
		for _, by := range order {
			p.bypass(by, behind[by])
		}
	},
}

// bypass reports the rules behind an ACCEPT, which is to be moved once for all of them.
func (p *pass) bypass(by *compile.Rule, rules []*ruleFlow) {
	why := "The recent rule records and checks nothing, so what it should limit is not limited."
	if n := len(rules) - 1; n > 0 {
		why += fmt.Sprintf(" The same goes for %s further down, to line %d.", words.Count(n, "recent rule"), rules[n].rule.Range.Start.Line)
	}
	p.report(ruleAt(rules[0].rule), fmt.Sprintf("no packet comes here: line %d has accepted them", by.Range.Start.Line), why, "Move it in front of that ACCEPT.")
}
