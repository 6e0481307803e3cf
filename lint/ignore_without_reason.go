package lint

import (
	"github.com/recentc/recentc/internal/diag"
)

var ignoreWithoutReason = Check{
	Explanation: explain("RC2090", "recentc:ignore is not complete",
		"A comment that leaves a finding out says which and why: # recentc:ignore RC2001 filled by fail2ban. Without a code that exists, or without a reason, it does nothing.",
		filter("# recentc:ignore RC2001\n-A INPUT -m recent --rcheck --seconds 3600 --name bad -j DROP\n"),
		filter("# recentc:ignore RC2001 filled by our intrusion detection\n-A INPUT -m recent --rcheck --seconds 3600 --name bad -j DROP\n")),
	Severity: diag.Warning, Since: since,
	files: func(s *set) {
		for _, f := range s.files {
			for _, i := range ignoresOf(f, s.known) {
				if i.problem != "" {
					s.report(i.at, i.problem, "It leaves no finding out.", "Write # recentc:ignore RC2001 and the reason.")
				}
			}
		}
	},
}
