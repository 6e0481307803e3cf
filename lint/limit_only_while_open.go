package lint

import (
	"fmt"
	"slices"

	"github.com/recentc/recentc/compile"
	"github.com/recentc/recentc/internal/diag"
)

var limitOnlyWhileOpen = Check{
	Explanation: explain("RC2022", "--rcheck lets a stubborn sender in again and again",
		"The limit asks before it records, and packets that it drops are not recorded. A sender that never stops therefore gets --hitcount connections through in every window, for ever: a rate limit, but no ban. With --update the dropped packets count, and only a sender that keeps quiet for --seconds is let in again.",
		filter("-A INPUT -p tcp --dport 22 -m conntrack --ctstate NEW -m recent --rcheck --seconds 60 --hitcount 4 --name ssh -j DROP\n-A INPUT -p tcp --dport 22 -m conntrack --ctstate NEW -m recent --set --name ssh -j ACCEPT\n"),
		filter("-A INPUT -p tcp --dport 22 -m conntrack --ctstate NEW -m recent --update --seconds 60 --hitcount 4 --name ssh -j DROP\n-A INPUT -p tcp --dport 22 -m conntrack --ctstate NEW -m recent --set --name ssh -j ACCEPT\n")),
	Severity: diag.Note, Since: since,
	program: func(p *pass) {
		for _, l := range p.lists {
			if l.stampsAgain() {
				continue
			}
			for _, u := range l.uses[:min(len(l.uses), maxBack)] {
				if u.Op == compile.RCheck && u.Hits > 1 && u.Seconds > 0 && p.bans(u) && l.setOnlyBehind(u) {
					p.report(operationAt(u.rule, u.Recent), fmt.Sprintf("a sender that never stops gets %d through every %s", u.Hits, length(u.Seconds)),
						"The dropped packets are not recorded, so they do not prolong the ban.", "To keep out who does not stop, write --update.")
				}
			}
		}
	},
}

// stampsAgain tells whether some --update of the list acts.
func (l *list) stampsAgain() bool {
	return slices.ContainsFunc(l.uses, func(u *use) bool { return u.Op == compile.Update })
}

// setOnlyBehind tells whether every --set of the list comes behind the check, for
// packets that have passed it.
func (l *list) setOnlyBehind(u *use) bool {
	found := false
	for _, o := range l.uses {
		switch {
		case o.Op != compile.Set:
		case o.hook != u.hook || !u.before(o) || o.visit == u.visit || !o.acts.within(&u.region) && !o.acts.withinCondition(u):
			return false
		default:
			found = true
		}
	}
	return found
}

// withinCondition tells whether all packets of r pass the conditions of a rule,
// whatever its lists and meters say.
func (r *region) withinCondition(u *use) bool {
	asked := u.region
	asked.exact = true
	return r.within(&asked)
}
