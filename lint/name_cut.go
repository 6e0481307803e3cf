package lint

import (
	"github.com/recentc/recentc/internal/diag"
)

var nameCut = Check{
	Explanation: explain("RC2007", "list name is longer than 199 bytes",
		"iptables cuts the name at 199 bytes in silence. Lists whose names differ only behind that are one list.",
		filter("-A INPUT -p tcp --dport 22 -m recent --rcheck --seconds 60 --name "+longName+" -j DROP\n-A INPUT -p tcp --dport 23 -m recent --set --name "+longName+" -j DROP\n"),
		filter("-A INPUT -p tcp --dport 22 -m recent --rcheck --seconds 60 --name telnet -j DROP\n-A INPUT -p tcp --dport 23 -m recent --set --name telnet -j DROP\n")),
	Severity: diag.Warning, Since: since, refines: []diag.Code{diag.RecentNameCut},
	program: func(p *pass) {
		for _, l := range p.lists {
			if len(l.Name) < longest {
				continue
			}
			written := map[string]int{}
			for i := range l.all {
				m := &l.all[i]
				where := optionAt(m.rule, m.Recent, "name")
				text := textAt(where)
				if len(text) <= longest+len("--name ") {
					continue
				}
				why := "Only the first 199 bytes count."
				if line, other := written[text], len(written) > 0; other && line == 0 {
					why = "Only the first 199 bytes count, and another name of this file begins with the same: both are one list."
				}
				written[text] = int(m.rule.Range.Start.Line)
				p.report(where, "the list's name has more than 199 bytes", why, "Choose a shorter name.")
			}
		}
	},
}

// longest is how much of a name iptables keeps.
const longest = 199

const longName = "the-hosts-that-have-tried-to-reach-the-telnet-port-which-nobody-here-has-used-for-many-years-and-that-are-therefore-not-to-be-let-in-by-any-other-port-either-until-they-have-kept-quiet-for-one-whole-minute"

// textAt is the text of the input at a place.
func textAt(w at) string {
	line := w.file.Line(w.rng.Start.Line)
	from, to := int(w.rng.Start.Column)-1, int(w.rng.End.Column)-1
	if w.rng.End.Line != w.rng.Start.Line || from < 0 || to > len(line) || from > to {
		return ""
	}
	return line[from:to]
}
