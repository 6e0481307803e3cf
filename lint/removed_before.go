package lint

import (
	"fmt"

	"github.com/recentc/recentc/internal/diag"
)

var removedBefore = Check{
	Explanation: explain("RC2030", "check comes behind the --remove that empties it",
		"An earlier rule has removed the address of every packet that comes to the check, so the check is never true. In a port-knocking sequence this is a stage in the wrong place: the sequence never opens.",
		filter("-A INPUT -p tcp -m conntrack --ctstate NEW -m recent --remove --name knock\n-A INPUT -p tcp --dport 22 -m conntrack --ctstate NEW -m recent --rcheck --seconds 15 --name knock -j ACCEPT\n-A INPUT -p tcp --dport 7000 -m conntrack --ctstate NEW -m recent --set --name knock -j DROP\n"),
		filter("-A INPUT -p tcp --dport 22 -m conntrack --ctstate NEW -m recent --rcheck --seconds 15 --name knock -j ACCEPT\n-A INPUT -p tcp -m conntrack --ctstate NEW -m recent --remove --name knock\n-A INPUT -p tcp --dport 7000 -m conntrack --ctstate NEW -m recent --set --name knock -j DROP\n")),
	Severity: diag.Warning, Since: since,
	program: func(p *pass) {
		for _, l := range p.lists {
			for _, u := range l.onEveryWay(l.justRemoved) {
				answer := "false"
				if u.Not {
					answer = "true"
				}
				p.report(operationAt(u.rule, u.Recent), fmt.Sprintf("this is always %s: line %d has removed the address", answer, u.before[0].rule.Range.Start.Line),
					fmt.Sprintf("Every packet that comes here has lost its entry in list %s to that rule.", l.Name), "Put the check in front of the --remove.")
			}
		}
	},
}

// justRemoved returns the --remove matches that make a check false.
func (l *list) justRemoved(u *use) []*use {
	if !u.checks() {
		return nil
	}
	return l.removedBefore(u)
}
