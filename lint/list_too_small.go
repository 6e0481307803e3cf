package lint

import (
	"fmt"

	"github.com/recentc/recentc/internal/diag"
)

var listTooSmall = Check{
	Explanation: explain("RC2040", "a list holds 100 addresses only",
		"xt_recent remembers ip_list_tot addresses of a list, 100 unless the module was loaded otherwise, and forgets the one that was recorded longest ago for a new one. A sender with 101 addresses (in IPv6 anybody has more) is never limited, and pushes everybody else out of a ban. Give the number that is in force with --ip-list-tot, and this is silent from 1000 on.",
		filter("-A INPUT -p tcp --dport 22 -m conntrack --ctstate NEW -m recent --update --seconds 60 --hitcount 4 --name ssh -j DROP\n-A INPUT -p tcp --dport 22 -m conntrack --ctstate NEW -m recent --set --name ssh -j ACCEPT\n"),
		""),
	Severity: diag.Note, Since: since,
	program: func(p *pass) {
		if p.opts.listTot() >= 1000 {
			return
		}
		for _, l := range p.lists {
			if !l.filled() {
				continue
			}
			for _, u := range l.uses {
				if p.bans(u) {
					n := p.opts.listTot()
					p.report(optionAt(u.rule, u.Recent, "name"), fmt.Sprintf("%d source addresses switch this off", n+1),
						fmt.Sprintf("List %s, like all others, holds %d addresses and forgets the oldest for a new one: a sender that goes through %d addresses is always new.", l.Name, n, n+1),
						"Put \"options xt_recent ip_list_tot=10000\" into /etc/modprobe.d, and tell it with --ip-list-tot 10000.")
					return
				}
			}
		}
	},
}
