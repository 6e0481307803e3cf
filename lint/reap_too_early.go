package lint

import (
	"fmt"

	"github.com/recentc/recentc/compile"
	"github.com/recentc/recentc/internal/diag"
)

var reapTooEarly = Check{
	Explanation: explain("RC2045", "--reap removes what another rule still needs",
		"--reap removes an address whose last stamp is older than this rule's --seconds. Another rule of the list looks back further, and no longer finds it.",
		filter("-A INPUT -p tcp --dport 22 -m conntrack --ctstate NEW -m recent --update --seconds 10 --hitcount 3 --reap --name ssh -j DROP\n-A INPUT -p tcp --dport 22 -m conntrack --ctstate NEW -m recent --update --seconds 600 --hitcount 10 --name ssh -j DROP\n-A INPUT -p tcp --dport 22 -m conntrack --ctstate NEW -m recent --set --name ssh -j ACCEPT\n"),
		filter("-A INPUT -p tcp --dport 22 -m conntrack --ctstate NEW -m recent --update --seconds 10 --hitcount 3 --name ssh -j DROP\n-A INPUT -p tcp --dport 22 -m conntrack --ctstate NEW -m recent --update --seconds 600 --hitcount 10 --reap --name ssh -j DROP\n-A INPUT -p tcp --dport 22 -m conntrack --ctstate NEW -m recent --set --name ssh -j ACCEPT\n")),
	Severity: diag.Warning, Since: since,
	program: func(p *pass) {
		for _, l := range p.lists {
			long := l.longest()
			for i := range l.all {
				m := &l.all[i]
				if m.Reap && long != nil && (long.Seconds == 0 || long.Seconds > m.Seconds) {
					back := "looks back without end"
					if long.Seconds > 0 {
						back = "looks back " + length(long.Seconds)
					}
					p.report(optionAt(m.rule, m.Recent, "reap"), fmt.Sprintf("--reap removes addresses after %s, and line %d %s", length(m.Seconds), long.rule.Range.Start.Line, back),
						"An address that was quiet for so long is gone when that rule asks for it.", "Put --reap into the rule that looks back furthest, or leave it out.")
				}
			}
		}
	},
}

// longest is the check that looks back furthest, nil where there is none.
func (l *list) longest() (long *mention) {
	for i := range l.all {
		m := &l.all[i]
		if m.Op != compile.RCheck && m.Op != compile.Update {
			continue
		}
		if long == nil || long.Seconds > 0 && (m.Seconds == 0 || m.Seconds > long.Seconds) {
			long = m
		}
	}
	return long
}
