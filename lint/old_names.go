package lint

import (
	"strings"

	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/internal/diag"
)

var oldNames = Check{
	Explanation: explain("RC2060", "old name ipt_recent",
		"The module is called xt_recent, and its lists are in /proc/net/xt_recent, since Linux 2.6.28; the old path was kept for a while and is gone. A script that writes there fills no list, and modprobe with options for ipt_recent sets nothing.",
		"iptables -A INPUT -m recent --rcheck --seconds 3600 --name bad -j DROP\niptables -A INPUT -p tcp --dport 139 -m recent --set --name bad -j DROP\necho +192.0.2.1 > /proc/net/ipt_recent/bad\n",
		""),
	Severity: diag.Warning, Since: since,
	files: func(s *set) {
		for _, f := range s.files {
			if strings.Contains(f.Text, oldName) {
				s.oldNames(f)
			}
		}
	},
}

const oldName = "ipt_recent"

func (s *set) oldNames(f *ast.File) {
	for i, line := range strings.Split(f.Text, "\n") {
		from := strings.Index(line, oldName)
		if from < 0 || strings.HasPrefix(strings.TrimSpace(line), "#") {
			continue
		}
		n := uint32(i + 1)
		where := at{file: f, rng: ast.Range{Start: ast.Pos{Line: n, Column: uint32(from + 1)}, End: ast.Pos{Line: n, Column: uint32(from + len(oldName) + 1)}}}
		d := s.reportAs(s.check.Severity, where, "ipt_recent is called xt_recent now", "Nothing listens to the old name: the lists are in /proc/net/xt_recent.", "Write xt_recent.")
		d.Change = &diag.Change{Edits: []diag.Edit{{Range: where.rng, Text: "xt_recent"}}}
	}
}
