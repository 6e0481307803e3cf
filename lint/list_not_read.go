package lint

import "github.com/recentc/recentc/internal/diag"

var listNotRead = Check{
	Explanation: explain("RC2002", "list is filled but never asked",
		"Addresses are recorded and no rule does anything about them: the protection that was meant is not there. Often the check has another name.",
		filter("-A INPUT -p tcp --dport 22 -m conntrack --ctstate NEW -m recent --set --name ssh -j ACCEPT\n"),
		filter("-A INPUT -p tcp --dport 22 -m conntrack --ctstate NEW -m recent --update --seconds 60 --hitcount 4 --name ssh -j DROP\n-A INPUT -p tcp --dport 22 -m conntrack --ctstate NEW -m recent --set --name ssh -j ACCEPT\n")),
	Severity: diag.Warning, Since: since,
	program: func(p *pass) {
		for _, l := range p.lists {
			if l.hidden || !l.written() || l.firstAsked() != nil || byProgram(l.Name) {
				continue
			}
			m := &l.all[0]
			p.report(optionAt(m.rule, m.Recent, "name"), "list "+l.Name+" is filled here, but no rule asks it",
				"What is recorded has no effect on any packet.",
				"Add the rule that asks it (--rcheck or --update), or remove this one. If a program reads /proc/net/xt_recent/"+l.Name+", say so: # recentc:ignore RC2002 read by ...")
		}
	},
}
