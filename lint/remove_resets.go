package lint

import (
	"fmt"

	"github.com/recentc/recentc/compile"
	"github.com/recentc/recentc/internal/diag"
)

var removeResets = Check{
	Explanation: explain("RC2029", "--remove before --set begins the count anew",
		"--remove takes the address out of the list with all its stamps. Where every --set comes behind one, an address never has more than one stamp, and a --hitcount of 2 or more is never reached. --set alone renews an entry; it needs no --remove.",
		filter("-A INPUT -p tcp --dport 22 -m conntrack --ctstate NEW -m recent --update --seconds 60 --hitcount 4 --name ssh -j DROP\n-A INPUT -p tcp --dport 22 -m conntrack --ctstate NEW -m recent --remove --name ssh\n-A INPUT -p tcp --dport 22 -m conntrack --ctstate NEW -m recent --set --name ssh -j ACCEPT\n"),
		filter("-A INPUT -p tcp --dport 22 -m conntrack --ctstate NEW -m recent --update --seconds 60 --hitcount 4 --name ssh -j DROP\n-A INPUT -p tcp --dport 22 -m conntrack --ctstate NEW -m recent --set --name ssh -j ACCEPT\n")),
	Severity: diag.Warning, Since: since,
	program: func(p *pass) {
		for _, l := range p.lists {
			count := l.counted()
			if count == nil || l.hidden {
				continue
			}
			if remove := l.alwaysReset(); remove != nil {
				p.report(operationAt(remove.rule, remove.Recent), fmt.Sprintf("the count of list %s never gets over 1", l.Name),
					fmt.Sprintf("Each --set comes behind this --remove, so --hitcount %d in line %d is never reached.", count.Hits, count.rule.Range.Start.Line), "Remove this match.")
			}
		}
	},
}

// counted is the first check that wants more than one hit.
func (l *list) counted() *mention {
	for i := range l.all {
		if m := &l.all[i]; m.Hits > 1 {
			return m
		}
	}
	return nil
}

// alwaysReset returns the --remove that every --set comes behind, nil if some
// does not.
func (l *list) alwaysReset() (remove *use) {
	for _, u := range l.uses {
		if u.Op == compile.Update && !u.Not && u.Hits <= 1 {
			return nil // it adds stamps of its own
		}
		if u.Op != compile.Set {
			continue
		}
		before := l.removedBefore(u)
		if len(before) == 0 {
			return nil
		}
		remove = before[0]
	}
	return remove
}
