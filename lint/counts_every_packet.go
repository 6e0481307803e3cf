package lint

import (
	"github.com/recentc/recentc/compile"
	"github.com/recentc/recentc/internal/diag"
	"github.com/recentc/recentc/internal/words"
)

var countsEveryPacket = Check{
	Explanation: explain("RC2011", "every packet counts, not every connection",
		"The rule that records has no condition on new connections (--ctstate NEW or --syn), and none before it takes the packets of established ones. One download is thousands of packets: the limit is reached in the middle of the first connection, which then hangs.",
		filter("-A INPUT -p tcp --dport 22 -m recent --update --seconds 60 --hitcount 4 --name ssh -j DROP\n-A INPUT -p tcp --dport 22 -m recent --set --name ssh -j ACCEPT\n"),
		filter("-A INPUT -p tcp --dport 22 -m conntrack --ctstate NEW -m recent --update --seconds 60 --hitcount 4 --name ssh -j DROP\n-A INPUT -p tcp --dport 22 -m conntrack --ctstate NEW -m recent --set --name ssh -j ACCEPT\n")),
	Severity: diag.Warning, Since: since,
	program: func(p *pass) {
		if !p.whole {
			return
		}
		for _, l := range p.lists {
			if limit := l.limit(p); limit != nil {
				if u := l.everyPacket(); u != nil && p.once(l) {
					p.report(operationAt(u.rule, u.Recent), "packets of established connections are recorded too",
						"--hitcount "+number(limit.Hits)+" of list "+l.Name+" is reached by the "+words.Ordinal(limit.Hits)+" packet of one connection, not by the "+words.Ordinal(limit.Hits)+" connection.",
						"Add -m conntrack --ctstate NEW to the rule, or accept ESTABLISHED packets before it.")
				}
			}
		}
	},
}

// limit is the list's first check that counts to more than one and drops.
func (l *list) limit(p *pass) *use {
	for _, u := range l.uses {
		if u.Hits > 1 && p.bans(u) {
			return u
		}
	}
	return nil
}

// everyPacket is the first --set that records new and established TCP
// connections alike.
func (l *list) everyPacket() *use {
	for _, u := range l.uses {
		if u.Op == compile.Set && u.established && u.acts.state&compile.CtNew != 0 && u.acts.flags == allFlags && !u.region.textual() {
			return u
		}
	}
	return nil
}
