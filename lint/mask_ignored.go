package lint

import (
	"fmt"

	"github.com/recentc/recentc/internal/diag"
)

var maskIgnored = Check{
	Explanation: explain("RC2004", "mask of this rule is ignored",
		"A list has one mask, that of the first of its rules which the kernel loads (the built-in chains come first, then the others by name). A different mask in any other rule is taken without a word and does nothing.",
		filter("-A INPUT -p tcp --dport 22 -m conntrack --ctstate NEW -m recent --update --seconds 60 --hitcount 4 --name ssh -j DROP\n-A INPUT -p tcp --dport 22 -m conntrack --ctstate NEW -m recent --set --name ssh --mask 255.255.255.0 -j ACCEPT\n"),
		filter("-A INPUT -p tcp --dport 22 -m conntrack --ctstate NEW -m recent --update --seconds 60 --hitcount 4 --name ssh --mask 255.255.255.0 -j DROP\n-A INPUT -p tcp --dport 22 -m conntrack --ctstate NEW -m recent --set --name ssh --mask 255.255.255.0 -j ACCEPT\n")),
	Severity: diag.Warning, Since: since, refines: []diag.Code{diag.RecentOtherMask},
	program: func(p *pass) {
		for _, l := range p.lists {
			from := l.maskLine()
			for i := range l.all {
				m := &l.all[i]
				if m.Mask == l.Mask {
					continue
				}
				p.report(optionAt(m.rule, m.Recent, "mask", "name"), fmt.Sprintf("the mask %s is ignored: list %s has %s%s", m.Mask, l.Name, l.Mask, from),
					fmt.Sprintf("Addresses are counted together that are the same under %s, whatever stands here.", l.Mask),
					fmt.Sprintf("Write --mask %s in every rule of the list, or the mask that is meant.", l.Mask))
			}
		}
	},
}

// maskLine says where the list's mask comes from.
func (l *list) maskLine() string {
	for i := range l.all {
		if m := &l.all[i]; m.Mask == l.Mask {
			return fmt.Sprintf(" from line %d", m.rule.Range.Start.Line)
		}
	}
	return ""
}
