package lint

import (
	"fmt"

	"github.com/recentc/recentc/compile"
	"github.com/recentc/recentc/internal/diag"
)

var dropsEstablished = Check{
	Explanation: explain("RC2012", "a ban cuts established connections",
		"The check stands before the rule that accepts established connections, so it drops their packets too. Whoever can send one packet with a forged source address can then cut that host's connections; the author of xt_recent advises to accept ESTABLISHED packets first.",
		filter("-A INPUT -m recent --update --seconds 60 --name bad -j DROP\n-A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT\n-A INPUT -p tcp --dport 139 -m recent --set --name bad -j DROP\n"),
		filter("-A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT\n-A INPUT -m recent --update --seconds 60 --name bad -j DROP\n-A INPUT -p tcp --dport 139 -m recent --set --name bad -j DROP\n")),
	Severity: diag.Warning, Since: since,
	program: func(p *pass) {
		if !p.whole {
			return
		}
		for _, l := range p.lists {
			if p.reported[said{countsEveryPacket.Code, l.Name}] || !l.written() || !l.forgeable() {
				continue
			}
			for _, u := range l.uses {
				if u.established && p.bans(u) && p.once(l) {
					p.report(operationAt(u.rule, u.Recent), "packets of established connections are dropped here too",
						fmt.Sprintf("An address that gets into list %s loses the connections it has, and a sender with a forged address can put anybody's there.", l.Name),
						"Accept ESTABLISHED packets before this rule, or add -m conntrack --ctstate NEW,INVALID to it.")
				}
			}
		}
	},
}

// forgeable tells whether a packet that nobody has answered can get an address
// into the list.
func (l *list) forgeable() bool {
	for _, u := range l.uses {
		if u.Op == compile.Set && u.acts.state&^compile.CtEstablished != 0 {
			return true
		}
	}
	return false
}
