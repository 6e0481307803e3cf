package lint

import (
	"fmt"

	"github.com/recentc/recentc/internal/diag"
)

var bypassed = Check{
	Explanation: explain("RC2013", "an ACCEPT before the recent rule bypasses it",
		"Every packet that the rule is about has been accepted before it comes there, so the limit or the ban does nothing.",
		filter("-A INPUT -p tcp -m multiport --dports 22,80 -j ACCEPT\n-A INPUT -p tcp --dport 22 -m conntrack --ctstate NEW -m recent --update --seconds 60 --hitcount 4 --name ssh -j DROP\n-A INPUT -p tcp --dport 22 -m conntrack --ctstate NEW -m recent --set --name ssh -j ACCEPT\n"),
		filter("-A INPUT -p tcp --dport 22 -m conntrack --ctstate NEW -m recent --update --seconds 60 --hitcount 4 --name ssh -j DROP\n-A INPUT -p tcp --dport 22 -m conntrack --ctstate NEW -m recent --set --name ssh -j ACCEPT\n-A INPUT -p tcp --dport 80 -j ACCEPT\n")),
	Severity: diag.Warning, Since: since,
	program: func(p *pass) {
		p.eachDead(func(r *ruleFlow) {
			if !p.usesLists(r) || len(r.by) == 0 || !acceptedBy(r) {
				return
			}
			p.report(ruleAt(r.rule), fmt.Sprintf("no packet comes here: line %d has accepted them", r.by[0].rule.Range.Start.Line),
				"The recent rule records and checks nothing, so what it should limit is not limited.", "Move it in front of that ACCEPT.")
		})
	},
}
