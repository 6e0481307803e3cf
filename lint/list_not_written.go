package lint

import (
	"fmt"
	"strings"

	"github.com/recentc/recentc/compile"
	"github.com/recentc/recentc/internal/diag"
	"github.com/recentc/recentc/internal/display"
)

var listNotWritten = Check{
	Explanation: explain("RC2001", "list is asked but never filled",
		"No rule records addresses in the list, so the check is never true and the rule does nothing to any packet. --update does not help, because it only stamps addresses that are in the list already. A program may fill the list through /proc/net/xt_recent (fail2ban does; its lists, named f2b-..., are left alone); then say so in a recentc:ignore comment.",
		filter("-A INPUT -m recent --rcheck --seconds 3600 --name badguys -j DROP\n-A INPUT -p tcp --dport 23 -m recent --set --name badguy -j DROP\n"),
		filter("-A INPUT -m recent --rcheck --seconds 3600 --name badguys -j DROP\n-A INPUT -p tcp --dport 23 -m recent --set --name badguys -j DROP\n")),
	Severity: diag.Warning, Since: since,
	program: func(p *pass) {
		for _, l := range p.lists {
			first := l.firstAsked()
			if first == nil || l.hidden || byProgram(l.Name) {
				continue
			}
			if dead := p.filledInVain(l); dead != nil {
				p.report(optionAt(first.rule, first.Recent, "name"), fmt.Sprintf("list %s is asked here, but no packet comes to the rule that fills it", l.Name),
					fmt.Sprintf("The --set in line %d never acts, so this --%s is never true.", dead.rule.Range.Start.Line, first.Op), "Put that rule where packets come to it.")
			} else if !l.written() {
				p.report(optionAt(first.rule, first.Recent, "name"), "list "+l.Name+" is asked here, but no rule fills it",
					fmt.Sprintf("The --%s is never true and the rule does nothing to any packet, unless a program writes /proc/net/xt_recent/%s.", first.Op, l.Name),
					p.fillFix(l))
			}
		}
	},
}

// byProgram tells names that are known to be filled from outside.
func byProgram(name string) bool {
	return strings.HasPrefix(name, "f2b-") || strings.HasPrefix(name, "fail2ban-")
}

// filledInVain returns the list's first --set if no packet comes to any, nil if
// one acts, or if there is none.
func (p *pass) filledInVain(l *list) (dead *mention) {
	if !p.whole || l.filled() || len(l.uses) == 0 {
		return nil
	}
	for i := range l.all {
		if m := &l.all[i]; m.Op == compile.Set && !filledWhileRunning(m.chain.Name) {
			return m
		}
	}
	return nil
}

// maxNames is among how many lists a similar name is looked for.
const maxNames = 100

// fillFix names a list that is filled and not asked, if its name is nearly the same.
func (p *pass) fillFix(l *list) string {
	for _, o := range p.lists[:min(len(p.lists), maxNames)] {
		if o != l && o.firstAsked() == nil && similar(o.Name, l.Name) {
			return "Did you mean " + o.Name + ", which is filled and never asked?"
		}
	}
	return "Add a rule with --set --name " + display.Shell(l.Name) + ", or remove this one. If a program fills the list, say so: # recentc:ignore RC2001 filled by ..."
}
