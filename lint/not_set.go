package lint

import (
	"fmt"

	"github.com/recentc/recentc/compile"
	"github.com/recentc/recentc/internal/diag"
)

var notSet = Check{
	Explanation: explain("RC2047", "! --set never matches",
		"--set records the address with or without the \"!\"; the \"!\" only turns the answer round, so the rule never matches and its target never acts.",
		filter("-A INPUT -p tcp --dport 22 -m recent ! --set --name ssh -j ACCEPT\n-A INPUT -p tcp --dport 25 -m recent --rcheck --name ssh -j DROP\n"),
		filter("-A INPUT -p tcp --dport 22 -m recent --set --name ssh -j ACCEPT\n-A INPUT -p tcp --dport 25 -m recent --rcheck --name ssh -j DROP\n")),
	Severity: diag.Warning, Since: since,
	program: func(p *pass) {
		p.negated(compile.Set, func(m *mention) (string, string, string) {
			return "! --set records, and never matches", fmt.Sprintf("The rule's %s never acts on a packet.", targetName(m.rule)),
				"Remove the \"!\". For addresses that are not in the list write ! --rcheck."
		})
	},
}
