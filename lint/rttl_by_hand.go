package lint

import (
	"github.com/recentc/recentc/internal/diag"
)

var rttlByHand = Check{
	Explanation: explain("RC2044", "--rttl with a list that is filled from outside",
		"An address that is written to /proc/net/xt_recent has no TTL, and then every TTL is taken for equal. --rttl does nothing there.",
		filter("-A INPUT -m recent --rcheck --seconds 3600 --rttl --name f2b-ssh -j DROP\n"),
		filter("-A INPUT -m recent --rcheck --seconds 3600 --name f2b-ssh -j DROP\n")),
	Severity: diag.Note, Since: since,
	program: func(p *pass) {
		for _, l := range p.lists {
			if l.written() || l.hidden {
				continue
			}
			for i := range l.all {
				if m := &l.all[i]; m.TTL && p.once(l) {
					p.report(optionAt(m.rule, m.Recent, "rttl"), "--rttl does nothing: no rule records a TTL in list "+l.Name,
						"Addresses written to /proc have none, and match packets of every TTL.", "Remove --rttl.")
				}
			}
		}
	},
}
