package lint

import (
	"fmt"
	"sort"

	"github.com/recentc/recentc/compile"
	"github.com/recentc/recentc/internal/diag"
)

var knockCascade = Check{
	Explanation: explain("RC2051", "one packet takes two stages",
		"A rule records the packet in the list of one stage, and a later rule, about the same packet, asks that list to let it into the next: one packet passes both. The stages must be asked in reverse order, the last one first, or a packet must end at its stage (-j DROP).",
		filter("-A INPUT -p tcp --dport 22 -m recent --rcheck --seconds 30 --name stage2 -j ACCEPT\n-A INPUT -p tcp --dport 7000 -m recent --set --name stage1\n-A INPUT -p tcp --dport 7000 -m recent --rcheck --seconds 30 --name stage1 -m recent --set --name stage2\n"),
		filter("-A INPUT -p tcp --dport 22 -m recent --rcheck --seconds 30 --name stage2 -j ACCEPT\n-A INPUT -p tcp --dport 7000 -m recent --rcheck --seconds 30 --name stage1 -m recent --set --name stage2\n-A INPUT -p tcp --dport 7000 -m recent --set --name stage1\n")),
	Severity: diag.Warning, Since: since,
	program: func(p *pass) {
		byList := map[*compile.List]*list{}
		for _, l := range p.lists {
			byList[l.List] = l
		}
		for _, l := range p.lists {
			for _, u := range l.uses {
				if u.Op == compile.Set {
					p.cascade(u, byList)
				}
			}
		}
	},
}

// upTo returns the last uses of the list before u, which may be of another list.
func (l *list) upTo(u *use) []*use {
	end := sort.Search(len(l.uses), func(i int) bool { return l.uses[i].order > u.order })
	return l.uses[max(0, end-maxBack):end]
}

// cascade looks for a --set, guarded by a list, whose packets an earlier rule on
// the way has put into that list.
func (p *pass) cascade(u *use, lists map[*compile.List]*list) {
	for _, g := range u.behind {
		l := lists[g.list]
		if g.hits > 1 || l == nil || l.Name == u.Name {
			continue
		}
		for _, check := range l.upTo(u) {
			if !check.checks() || check.Not || check.hook != u.hook || !u.acts.withinCondition(check) && check.visit != u.visit {
				continue
			}
			if sets := l.setBefore(check); len(sets) > 0 && sets[0].visit != u.visit {
				p.report(operationAt(u.rule, u.Recent), fmt.Sprintf("one packet takes stage %s and stage %s", l.Name, u.Name),
					fmt.Sprintf("Line %d has just put the packet into list %s, which the check in line %d then finds.", sets[0].rule.Range.Start.Line, l.Name, check.rule.Range.Start.Line),
					"Ask for the later stage first, or end the rule of the earlier stage with -j DROP.")
				return
			}
		}
	}
}
