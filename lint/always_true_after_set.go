package lint

import (
	"fmt"

	"github.com/recentc/recentc/internal/diag"
)

var alwaysTrueAfterSet = Check{
	Explanation: explain("RC2024", "check is always true behind --set",
		"The packet has just been recorded by an earlier rule, so a check without --hitcount, or with --hitcount 1, finds it: the rule matches every packet, the first one of a new address included.",
		filter("-A INPUT -p tcp --dport 22 -m conntrack --ctstate NEW -m recent --set --name ssh\n-A INPUT -p tcp --dport 22 -m conntrack --ctstate NEW -m recent --update --seconds 60 --name ssh -j DROP\n-A INPUT -p tcp --dport 22 -j ACCEPT\n"),
		filter("-A INPUT -p tcp --dport 22 -m conntrack --ctstate NEW -m recent --update --seconds 60 --name ssh -j DROP\n-A INPUT -p tcp --dport 22 -m conntrack --ctstate NEW -m recent --set --name ssh -j ACCEPT\n")),
	Severity: diag.Warning, Since: since,
	program: func(p *pass) {
		for _, l := range p.lists {
			for _, u := range l.onEveryWay(l.justSet) {
				answer, effect := "true", "Every packet that comes here matches"
				if u.Not {
					answer, effect = "false", "No packet that comes here matches"
				}
				p.report(operationAt(u.rule, u.Recent), fmt.Sprintf("this is always %s: line %d has just recorded the packet", answer, u.before[0].rule.Range.Start.Line),
					effect+", the first one of an address included.", "Put the check in front of the --set, or give it a --hitcount.")
			}
		}
	},
}

// justSet returns the --set matches that make a check without a count true.
func (l *list) justSet(u *use) []*use {
	if !u.checks() || u.Hits > 1 {
		return nil
	}
	return l.setBefore(u)
}
