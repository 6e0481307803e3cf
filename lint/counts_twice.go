package lint

import (
	"fmt"

	"github.com/recentc/recentc/compile"
	"github.com/recentc/recentc/internal/diag"
)

var countsTwice = Check{
	Explanation: explain("RC2021", "--update in a rule that only logs",
		"The rule stamps the address and lets the packet go on to the rule that drops, which stamps it again. Each packet over the limit then counts twice or more, and fewer packets than --hitcount says keep the ban alive. The rule that logs should only look: --rcheck.",
		filter("-A INPUT -p tcp --dport 22 -m conntrack --ctstate NEW -m recent --set --name ssh\n-A INPUT -p tcp --dport 22 -m conntrack --ctstate NEW -m recent --update --seconds 60 --hitcount 5 --name ssh -j LOG\n-A INPUT -p tcp --dport 22 -m conntrack --ctstate NEW -m recent --update --seconds 60 --hitcount 5 --name ssh -j DROP\n"),
		filter("-A INPUT -p tcp --dport 22 -m conntrack --ctstate NEW -m recent --set --name ssh\n-A INPUT -p tcp --dport 22 -m conntrack --ctstate NEW -m recent --rcheck --seconds 60 --hitcount 5 --name ssh -j LOG\n-A INPUT -p tcp --dport 22 -m conntrack --ctstate NEW -m recent --update --seconds 60 --hitcount 5 --name ssh -j DROP\n")),
	Severity: diag.Note, Since: since,
	program: func(p *pass) {
		for _, l := range p.lists {
			for _, u := range l.uses {
				if next := l.stampedAgain(p, u); next != nil {
					p.report(operationAt(u.rule, u.Recent), "this rule only logs, and stamps the address all the same",
						fmt.Sprintf("A packet over the limit is stamped here and in line %d again, so each counts for more than one of --hitcount %d, and fewer keep the ban alive.", next.rule.Range.Start.Line, next.Hits),
						"Write --rcheck here.")
				}
			}
		}
	},
}

// stampedAgain returns the next check that stamps the packets of one whose rule
// lets them go on, nil if there is none.
func (l *list) stampedAgain(p *pass, u *use) *use {
	if u.Op != compile.Update || u.Not || u.Hits < 2 || p.fate(u.chain, u.rule) != on {
		return nil
	}
	for i := u.position + 1; i < min(len(l.uses), u.position+1+maxBack); i++ {
		o := l.uses[i]
		if o.hook == u.hook && o.visit != u.visit && o.Op == compile.Update && !o.Not && o.Side == u.Side && u.acts.within(&o.acts) && p.fate(o.chain, o.rule) == dropped {
			return o
		}
	}
	return nil
}
