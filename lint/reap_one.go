package lint

import (
	"github.com/recentc/recentc/internal/diag"
)

var reapOne = Check{
	Explanation: explain("RC2046", "--reap removes one address at a time",
		"--reap does not empty a list of what is old: a check with it removes at most one address, the one that was recorded longest ago, and only when the packet's own address is in the list. Nor does it protect a list from filling up: a full list forgets its oldest address by itself.",
		filter("-A INPUT -p tcp --dport 22 -m conntrack --ctstate NEW -m recent --update --seconds 60 --hitcount 4 --reap --name ssh -j DROP\n-A INPUT -p tcp --dport 22 -m conntrack --ctstate NEW -m recent --set --name ssh -j ACCEPT\n"),
		filter("-A INPUT -p tcp --dport 22 -m conntrack --ctstate NEW -m recent --update --seconds 60 --hitcount 4 --name ssh -j DROP\n-A INPUT -p tcp --dport 22 -m conntrack --ctstate NEW -m recent --set --name ssh -j ACCEPT\n")),
	Severity: diag.Note, Since: since,
	program: func(p *pass) {
		for _, l := range p.lists {
			for i := range l.all {
				if m := &l.all[i]; m.Reap {
					p.report(optionAt(m.rule, m.Recent, "reap"), "--reap removes at most one address for each packet of a listed one",
						"List "+l.Name+" keeps its other old addresses, and a packet from an address that is not listed removes none.", "Leave it out, unless one at a time is what you want.")
					return // once is enough: it is so everywhere
				}
			}
		}
	},
}
