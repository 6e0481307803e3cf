package lint

import (
	"github.com/recentc/recentc/internal/diag"
)

var ignoreUnused = Check{
	Explanation: explain("RC2091", "recentc:ignore leaves nothing out",
		"The line behind the comment does not have the finding that it is to leave out. The comment may hide one that somebody adds later.",
		filter("# recentc:ignore RC2001 filled by our intrusion detection\n-A INPUT -p tcp --dport 22 -j ACCEPT\n"),
		filter("-A INPUT -p tcp --dport 22 -j ACCEPT\n")),
	Severity: diag.Warning, Since: since,
	files: func(*set) {}, // found when all findings are known: see Suppress
}
