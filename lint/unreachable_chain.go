package lint

import (
	"fmt"
	"strings"

	"github.com/recentc/recentc/compile"
	"github.com/recentc/recentc/internal/diag"
	"github.com/recentc/recentc/internal/display"
	"github.com/recentc/recentc/internal/words"
)

var unreachableChain = Check{
	Explanation: explain("RC2015", "no rule calls the chain",
		"A chain of one's own runs only where a rule names it with -j or -g. No rule does, so none of its rules has any effect.",
		filter(":SSH - [0:0]\n-A INPUT -p tcp --dport 22 -j ACCEPT\n-A SSH -p tcp --dport 22 -j DROP\n"),
		filter(":SSH - [0:0]\n-A INPUT -p tcp --dport 22 -j SSH\n-A SSH -p tcp --dport 22 -j DROP\n")),
	Severity: diag.Warning, Since: since,
	program: func(p *pass) {
		called := p.calledChains()
		for _, c := range p.program.Chains {
			if c.Hook == compile.NoHook && len(c.Rules) > 0 && !filledWhileRunning(c.Name) && !called[chainName{c.Table, c.Name}] {
				p.report(ruleAt(c.Rules[0]), fmt.Sprintf("no rule calls chain %s", c.Name),
					words.Count(len(c.Rules), "rule")+" of the chain, from this one on, see no packet.", "Add the -j "+display.Shell(c.Name)+" that is missing, or remove the chain.")
			}
		}
	},
}

// calledChains are the chains that some rule names, those that could not be
// compiled included.
func (p *pass) calledChains() map[chainName]bool {
	called := map[chainName]bool{}
	for _, c := range p.program.Chains {
		for _, r := range c.Rules {
			if j, ok := r.Target.(*compile.Jump); ok {
				called[chainName{c.Table, j.Chain}] = true
			}
			if r.Failed {
				for _, w := range strings.Fields(r.Source) {
					called[chainName{c.Table, w}] = true
				}
			}
		}
	}
	return called
}
