package lint

import (
	"github.com/recentc/recentc/compile"
	"github.com/recentc/recentc/internal/diag"
)

var notUpdate = Check{
	Explanation: explain("RC2048", "! --update does not record new addresses",
		"! --update matches addresses that are not in the list, and those whose stamps are too old or too few. Only the latter get a stamp; an address that was never seen is not recorded. Where it was meant to record, --set is missing; where it was meant to look, ! --rcheck says so.",
		filter("-A INPUT -p tcp --dport 22 -m conntrack --ctstate NEW -m recent ! --update --seconds 60 --name knock -j DROP\n-A INPUT -p tcp --dport 7000 -m recent --set --name knock -j DROP\n"),
		filter("-A INPUT -p tcp --dport 22 -m conntrack --ctstate NEW -m recent ! --rcheck --seconds 60 --name knock -j DROP\n-A INPUT -p tcp --dport 7000 -m recent --set --name knock -j DROP\n")),
	Severity: diag.Warning, Since: since,
	program: func(p *pass) {
		p.negated(compile.Update, func(m *mention) (string, string, string) {
			return "! --update stamps listed addresses that are too old, and records no new one",
				"An address that is not in the list matches and stays out of it; one that is listed and stale matches this time, and is fresh for the next packet.",
				"To look only, write ! --rcheck; to record, --set."
		})
	},
}
