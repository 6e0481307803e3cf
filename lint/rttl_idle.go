package lint

import (
	"fmt"

	"github.com/recentc/recentc/internal/diag"
)

var rttlIdle = Check{
	Explanation: explain("RC2042", "--rttl compares a packet with itself",
		"--rttl compares the TTL of the packet with the one that was recorded last. Where a --set before it has just recorded this very packet, the two are always equal, and --rttl protects against nothing.",
		filter("-A INPUT -p tcp --dport 22 -m conntrack --ctstate NEW -m recent --set --name ssh\n-A INPUT -p tcp --dport 22 -m conntrack --ctstate NEW -m recent --update --seconds 60 --hitcount 4 --rttl --name ssh -j DROP\n-A INPUT -p tcp --dport 22 -j ACCEPT\n"),
		filter("-A INPUT -p tcp --dport 22 -m conntrack --ctstate NEW -m recent --set --name ssh\n-A INPUT -p tcp --dport 22 -m conntrack --ctstate NEW -m recent --update --seconds 60 --hitcount 4 --name ssh -j DROP\n-A INPUT -p tcp --dport 22 -j ACCEPT\n")),
	Severity: diag.Warning, Since: since,
	program: func(p *pass) {
		for _, l := range p.lists {
			for _, u := range l.onEveryWay(l.ttlJustSet) {
				p.report(optionAt(u.rule, u.Recent, "rttl"), fmt.Sprintf("--rttl compares the TTL with itself: line %d has just stored it", u.before[0].rule.Range.Start.Line),
					"It is always equal, so packets with a forged source count like all others.", "Remove --rttl, or put the check in front of the --set (see RC2043 for what that costs).")
			}
		}
	},
}

// ttlJustSet returns the --set matches whose TTL a check compares.
func (l *list) ttlJustSet(u *use) []*use {
	if !u.checks() || !u.TTL {
		return nil
	}
	return l.setBefore(u)
}
