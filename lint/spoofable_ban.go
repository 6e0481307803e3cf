package lint

import (
	"fmt"

	"github.com/recentc/recentc/compile"
	"github.com/recentc/recentc/internal/diag"
)

var spoofableBan = Check{
	Explanation: explain("RC2041", "a forged packet shuts others out",
		"Anybody can send a packet with somebody else's source address: UDP, ICMP, and TCP as far as the first SYN. Where one such packet is enough for a ban, a sender can shut out your name server, your gateway or yourself, from everything that the ban covers. Let trusted addresses pass before the ban. --rttl makes the forger hit the TTL of the packets that are to be shut out, which helps against blind forgery, and lets whoever varies his own TTL escape (RC2043).",
		filter("-A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT\n-A INPUT -m recent --rcheck --seconds 60 --name bad -j DROP\n-A INPUT -p tcp --dport 139 -m recent --set --name bad -j DROP\n"),
		filter("-A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT\n-A INPUT -p tcp --dport 139 -m recent --rcheck --seconds 60 --hitcount 20 --name bad -j DROP\n-A INPUT -p tcp --dport 139 -m recent --set --name bad -j ACCEPT\n")),
	Severity: diag.Note, Since: since,
	program: func(p *pass) {
		for _, l := range p.lists {
			set := l.forged()
			if set == nil {
				continue
			}
			for _, u := range l.uses {
				if !u.TTL && p.bans(u) && (u.Hits <= 1 || set.region.protocol == protoUDP) && p.once(l) {
					p.forgedBan(l, u, set)
				}
			}
		}
	},
}

// forged is the first --set that a packet with a forged source reaches.
func (l *list) forged() *use {
	for _, u := range l.uses {
		if u.Op == compile.Set && u.Side == compile.SourceSide && u.acts.state&^compile.CtEstablished != 0 && incoming(u.hook) {
			return u
		}
	}
	return nil
}

// incoming tells a hook that packets from elsewhere come to.
func incoming(c *compile.Chain) bool { return c.Hook <= compile.Forward }

func (p *pass) forgedBan(l *list, u *use, set *use) {
	packets := "one forged packet shuts"
	if u.Hits > 1 {
		packets = fmt.Sprintf("%d forged UDP packets shut", u.Hits)
	}
	how := "until the list forgets it"
	if u.Seconds > 0 {
		how = "for " + length(u.Seconds)
	}
	p.report(operationAt(u.rule, u.Recent), fmt.Sprintf("%s any address out %s", packets, how),
		fmt.Sprintf("The --set in line %d takes the source address as it stands in a packet that nobody has answered.", set.rule.Range.Start.Line),
		"Accept the addresses that must never be shut out before this rule. --rttl helps against blind forgery, and lets whoever varies his TTL escape.")
}
