package lint

import (
	"fmt"

	"github.com/recentc/recentc/compile"
	"github.com/recentc/recentc/internal/diag"
)

// longBan is the window, in seconds, from which on a ban that every packet
// prolongs is worth a word.
const longBan = 600

var banWithoutEnd = Check{
	Explanation: explain("RC2020", "--update prolongs what it finds",
		"Each packet that --update matches is a new stamp. A ban with --update ends only after as many seconds without any packet: a mail server or a monitor that tries again sooner never gets out. A door that --update opens stays open as long as it is used. With --rcheck the time runs from the --set.",
		filter("-A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT\n-A INPUT -m recent --update --seconds 86400 --name bad -j DROP\n-A INPUT -p tcp --dport 139 -m recent --set --name bad -j DROP\n"),
		filter("-A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT\n-A INPUT -m recent --rcheck --seconds 86400 --name bad -j DROP\n-A INPUT -p tcp --dport 139 -m recent --set --name bad -j DROP\n")),
	Severity: diag.Note, Since: since,
	program: func(p *pass) {
		for _, l := range p.lists {
			for _, u := range l.uses {
				if u.Op == compile.Update && !u.Not && u.Seconds > 0 && l.written() {
					p.prolongs(l, u)
				}
			}
		}
	},
}

func (p *pass) prolongs(l *list, u *use) {
	switch {
	case p.bans(u) && u.Hits <= 1 && u.Seconds >= longBan && p.once(l):
		p.report(operationAt(u.rule, u.Recent), fmt.Sprintf("the ban ends %s after the last packet, not after the first", length(u.Seconds)),
			"Every packet that is dropped here begins the time anew, so a host that tries again sooner stays out for ever.",
			"If the ban is to end by itself, write --rcheck. If not, this is as it should be.")
	case p.fate(u.chain, u.rule) == accepted && u.Hits <= 1 && p.once(l):
		p.report(operationAt(u.rule, u.Recent), fmt.Sprintf("the door shuts %s after the last packet, not after it was opened", length(u.Seconds)),
			"Every packet that is accepted here begins the time anew.", "If the door is to shut by itself, write --rcheck.")
	}
}
