package lint

import (
	"fmt"
	"strings"

	"github.com/recentc/recentc/compile"
	"github.com/recentc/recentc/internal/diag"
)

var emptyChain = Check{
	Explanation: explain("RC2016", "the called chain is empty",
		"The chain has no rules, so a packet comes straight back and the rule does nothing. Chains that a program fills while it runs (fail2ban, sshguard, docker, ufw and the like) are left alone.",
		filter(":SSH - [0:0]\n-A INPUT -p tcp --dport 22 -j SSH\n"),
		filter(":SSH - [0:0]\n-A INPUT -p tcp --dport 22 -j SSH\n-A SSH -s 192.0.2.0/24 -j DROP\n")),
	Severity: diag.Note, Since: since,
	program: func(p *pass) {
		said := map[chainName]bool{}
		for _, c := range p.program.Chains {
			for _, r := range c.Rules {
				j, ok := r.Target.(*compile.Jump)
				if !ok || j.Goto || filledWhileRunning(j.Chain) {
					continue
				}
				name := chainName{c.Table, j.Chain}
				if to := p.chains[name]; to != nil && len(to.Rules) == 0 && !said[name] {
					said[name] = true
					p.report(ruleAt(r), fmt.Sprintf("chain %s has no rules", j.Chain), "Packets come back from it at once: the rule does nothing.",
						"Fill the chain, or remove it with this rule. If a program fills it, say so: # recentc:ignore RC2016 filled by ...")
				}
			}
		}
	},
}

// filledWhileRunning tells chains of programs that are known to fill them.
func filledWhileRunning(chain string) bool {
	low := strings.ToLower(chain)
	for _, known := range []string{"f2b", "fail2ban", "sshguard", "docker", "ufw", "libvirt", "kube", "cali-", "cni-", "crowdsec", "lokkit", "rh-firewall", "csf", "podman", "netavark", "miniupnpd", "ts-"} {
		if strings.Contains(low, known) {
			return true
		}
	}
	return false
}
