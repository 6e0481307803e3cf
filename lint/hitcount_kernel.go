package lint

import (
	"fmt"

	"github.com/recentc/recentc/compile"
	"github.com/recentc/recentc/internal/diag"
)

var hitcountKernel = Check{
	Explanation: explain("RC2025", "--hitcount is too large for many kernels",
		"The largest hitcount is 20 up to Linux 3.18 (unless ip_pkt_list_tot is set), 255 from 3.19 and 65535 from 6.11. A kernel with a smaller limit refuses the whole table and says only \"Invalid argument\": the host is then without a firewall. Give the oldest kernel that is to load the rules with --kernel, and this is an error or nothing.",
		filter("-A INPUT -m conntrack --ctstate NEW -m recent --update --seconds 60 --hitcount 300 --name web -j DROP\n-A INPUT -m conntrack --ctstate NEW -m recent --set --name web\n"),
		filter("-A INPUT -m conntrack --ctstate NEW -m recent --update --seconds 4 --hitcount 20 --name web -j DROP\n-A INPUT -m conntrack --ctstate NEW -m recent --set --name web\n")),
	Severity: diag.Warning, Since: since,
	program: func(p *pass) {
		if p.opts.Kernel != (compile.Version{}) || p.opts.IPPktListTot != 0 {
			return // the compiler knows what is too large
		}
		for _, l := range p.lists {
			for i := range l.all {
				m := &l.all[i]
				where := optionAt(m.rule, m.Recent, "hitcount")
				switch {
				case m.Hits > 255:
					p.report(where, fmt.Sprintf("--hitcount %d needs Linux 6.11", m.Hits), "Kernels before it refuse the whole table with \"Invalid argument\", and none of its rules is in force.", "Use at most 255, with a shorter --seconds, or say with --kernel what the rules run on.")
				case m.Hits > 20:
					p.reportAs(diag.Note, where, fmt.Sprintf("--hitcount %d needs Linux 3.19", m.Hits), "Older kernels (that of CentOS 7 is one) refuse the whole table with \"Invalid argument\", unless ip_pkt_list_tot is set.", "Use at most 20, or say with --kernel what the rules run on.")
				}
			}
		}
	},
}
