package lint

import (
	"fmt"
	"math/bits"
	"slices"
	"strings"

	"github.com/recentc/recentc/internal/diag"
)

var secondsWrap = Check{
	Explanation: explain("RC2027", "--seconds wraps to a short window",
		"The kernel multiplies --seconds by its clock rate HZ in 32 bits. What does not fit is lost: --seconds 17179870 acts as a window of 0.8 s where HZ is 250. From 4294968 on (49 days) it happens where HZ is 1000. --hz gives the clock rates that matter to you.",
		filter("-A INPUT -m conntrack --ctstate NEW -m recent --rcheck --seconds 17179870 --name bad -j DROP\n-A INPUT -p tcp --dport 139 -m recent --set --name bad -j DROP\n"),
		filter("-A INPUT -m conntrack --ctstate NEW -m recent --rcheck --seconds 2592000 --name bad -j DROP\n-A INPUT -p tcp --dport 139 -m recent --set --name bad -j DROP\n")),
	Severity: diag.Warning, Since: since, refines: []diag.Code{diag.RecentWrap},
	program: func(p *pass) {
		for _, l := range p.lists {
			for i := range l.all {
				m := &l.all[i]
				if acts := wraps(m.Seconds, p.opts.HZ); len(acts) > 0 {
					p.report(optionAt(m.rule, m.Recent, "seconds"), fmt.Sprintf("--seconds %d does not last so long", m.Seconds),
						"The kernel computes it in 32 bits; it acts as a window of "+strings.Join(acts, ", ")+".",
						"Write at most 4294967, or leave --seconds out to look back for ever.")
				}
			}
		}
	},
}

// usualHZ are the clock rates that kernels are built with.
var usualHZ = []uint32{100, 250, 300, 1000}

// wraps tells for each clock rate at which a window wraps what it becomes.
func wraps(seconds uint32, rates []uint32) (acts []string) {
	if len(rates) == 0 {
		rates = usualHZ
	}
	for _, hz := range slices.Sorted(slices.Values(rates)) {
		if over, low := bits.Mul32(seconds, hz); over > 0 {
			acts = append(acts, fmt.Sprintf("%.1f s where HZ is %d", float64(low)/float64(hz), hz))
		}
	}
	return acts
}
