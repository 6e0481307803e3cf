package lint

import (
	"fmt"

	"github.com/recentc/recentc/compile"
	"github.com/recentc/recentc/internal/diag"
)

var hitcountForever = Check{
	Explanation: explain("RC2026", "--hitcount without --seconds counts for ever",
		"Without --seconds all stamps count, however old: an address that has used the service so many times in its life is shut out from then on, until the list forgets it, by a restart or because newer addresses push it out.",
		filter("-A INPUT -p tcp --dport 22 -m conntrack --ctstate NEW -m recent --update --hitcount 4 --name ssh -j DROP\n-A INPUT -p tcp --dport 22 -m conntrack --ctstate NEW -m recent --set --name ssh -j ACCEPT\n"),
		filter("-A INPUT -p tcp --dport 22 -m conntrack --ctstate NEW -m recent --update --seconds 60 --hitcount 4 --name ssh -j DROP\n-A INPUT -p tcp --dport 22 -m conntrack --ctstate NEW -m recent --set --name ssh -j ACCEPT\n")),
	Severity: diag.Warning, Since: since,
	program: func(p *pass) {
		for _, l := range p.lists {
			if l.has(func(m *mention) bool { return m.Op == compile.Remove }) {
				continue
			}
			for i := range l.all {
				m := &l.all[i]
				if (m.Op == compile.RCheck || m.Op == compile.Update) && !m.Not && m.Hits > 1 && m.Seconds == 0 && p.fate(m.chain, m.rule) == dropped && p.once(l) {
					p.report(optionAt(m.rule, m.Recent, "hitcount"), fmt.Sprintf("%d hits ever, not in any time", m.Hits),
						fmt.Sprintf("Once an address has %d stamps, be they months old, it is dropped for good.", m.Hits), "Add --seconds.")
				}
			}
		}
	},
}
