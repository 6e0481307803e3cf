package lint

import (
	"github.com/recentc/recentc/internal/diag"
)

var rttlEscape = Check{
	Explanation: explain("RC2043", "--rttl lets whoever varies his TTL escape",
		"The list keeps the TTL of the last packet only. A packet with another TTL is not in the list for a check with --rttl: a sender who takes another TTL for every packet is never limited. Use --rttl where forged packets are the worse danger.",
		filter("-A INPUT -p tcp --dport 22 -m conntrack --ctstate NEW -m recent --update --seconds 60 --hitcount 4 --rttl --name ssh -j DROP\n-A INPUT -p tcp --dport 22 -m conntrack --ctstate NEW -m recent --set --name ssh -j ACCEPT\n"),
		filter("-A INPUT -p tcp --dport 22 -m conntrack --ctstate NEW -m recent --update --seconds 60 --hitcount 4 --name ssh -j DROP\n-A INPUT -p tcp --dport 22 -m conntrack --ctstate NEW -m recent --set --name ssh -j ACCEPT\n")),
	Severity: diag.Note, Since: since,
	program: func(p *pass) {
		for _, l := range p.lists {
			for _, u := range l.uses {
				if u.TTL && p.bans(u) && l.written() && len(l.setBefore(u)) == 0 && p.once(l) {
					p.report(optionAt(u.rule, u.Recent, "rttl"), "a sender who varies his TTL is never stopped here",
						"Only packets with the TTL of the one recorded last are looked at.", "Leave --rttl out, unless forged packets are the worse danger.")
				}
			}
		}
	},
}
