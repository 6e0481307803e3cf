package lint

import (
	"fmt"
	"strings"

	"github.com/recentc/recentc/internal/diag"
)

var notFollowed = Check{
	Explanation: explain("RC2092", "chains call each other in too many ways",
		"lint follows each way of a packet through the chains. Chains that each call the next one twice have two ways for the first, four for the second, and a million for the twentieth. lint stops after 20000 visits of rules and three for each rule of the input, and does not go deeper than 256 calls. Checks that need all ways say nothing then, and the others may miss what they look for.",
		filter(twice(15)), filter(":C0 - [0:0]\n-A INPUT -j C0\n-A C0 -p tcp --dport 22 -j DROP\n")),
	Severity: diag.Note, Since: since,
	program: func(p *pass) {
		if !p.whole {
			p.report(ruleAt(p.left), "not all ways through the chains were checked",
				"There are too many ways, or too many calls in a row. From this rule on some ways were not followed, and findings may be missing.",
				"Let each chain be called from fewer places.")
		}
	},
}

// twice are chains that each call the next one twice.
func twice(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, ":C%d - [0:0]\n", i)
	}
	b.WriteString("-A INPUT -j C0\n")
	for i := range n - 1 {
		fmt.Fprintf(&b, "-A C%d -j C%d\n-A C%d -j C%d\n", i, i+1, i, i+1)
	}
	fmt.Fprintf(&b, "-A C%d -p tcp --dport 22 -j DROP\n", n-1)
	return b.String()
}
