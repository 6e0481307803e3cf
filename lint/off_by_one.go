package lint

import (
	"fmt"

	"github.com/recentc/recentc/internal/diag"
	"github.com/recentc/recentc/internal/words"
)

var offByOne = Check{
	Explanation: explain("RC2023", "one fewer gets through than --hitcount says",
		"Where --set stands before the check, the packet itself is in the count already: with --hitcount 4 three pass and the fourth is dropped. Where the check stands first, as many pass as --hitcount says.",
		filter("-A INPUT -p tcp --dport 22 -m conntrack --ctstate NEW -m recent --set --name ssh\n-A INPUT -p tcp --dport 22 -m conntrack --ctstate NEW -m recent --update --seconds 60 --hitcount 4 --name ssh -j DROP\n-A INPUT -p tcp --dport 22 -j ACCEPT\n"),
		filter("-A INPUT -p tcp --dport 22 -m conntrack --ctstate NEW -m recent --update --seconds 60 --hitcount 4 --name ssh -j DROP\n-A INPUT -p tcp --dport 22 -m conntrack --ctstate NEW -m recent --set --name ssh -j ACCEPT\n")),
	Severity: diag.Note, Since: since,
	program: func(p *pass) {
		for _, l := range p.lists {
			for _, u := range l.uses {
				if u.Hits > 1 && p.bans(u) {
					p.offByOne(l, u)
				}
			}
		}
	},
}

func (p *pass) offByOne(l *list, u *use) {
	sets := l.setBefore(u)
	if len(sets) == 0 || !p.once(l) {
		return
	}
	each := uint32(len(sets))
	pass := (u.Hits - 1) / each
	why := fmt.Sprintf("The --set in line %d has recorded the packet before it is counted, so the %s one is dropped.", sets[0].rule.Range.Start.Line, words.Ordinal(pass+1))
	if each > 1 {
		why = fmt.Sprintf("%d rules have recorded the packet before it is counted (line %d is the last), so each counts as %d and the %s one is dropped.",
			each, sets[0].rule.Range.Start.Line, each, words.Ordinal(pass+1))
	}
	p.report(optionAt(u.rule, u.Recent, "hitcount"), fmt.Sprintf("%s through %s, not %d", getting(pass), within(u.Seconds), u.Hits), why,
		fmt.Sprintf("To let %d through, write --hitcount %d, or put the check in front of the --set.", u.Hits, u.Hits*each+1))
}
