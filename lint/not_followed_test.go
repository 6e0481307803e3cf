package lint_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/recentc/recentc/lint"
)

// TestManyWays holds that chains with far too many ways, or far too deep, are not
// followed to the end, and that this is said.
func TestManyWays(t *testing.T) {
	for name, rule := range map[string]string{
		"twice": "-A C%[1]d -j C%[2]d\n-A C%[1]d -j C%[2]d\n", "goto": "-A C%[1]d -p tcp -g C%[2]d\n-A C%[1]d -j C%[2]d\n", "deep": "-A C%[1]d -j C%[2]d\n",
	} {
		t.Run(name, func(t *testing.T) {
			var chains, rules strings.Builder
			const n = 2000
			for i := range n {
				fmt.Fprintf(&chains, ":C%d - [0:0]\n", i)
				if i < n-1 {
					fmt.Fprintf(&rules, rule, i, i+1)
				}
			}
			text := "*filter\n" + chains.String() + "-A INPUT -j C0\n" + rules.String() + fmt.Sprintf("-A C%d -m recent --set --name L\nCOMMIT\n", n-1)
			if l := findings(t, text, lint.Options{}); !has(l, "RC2092") {
				t.Errorf("not said:\n%s", show(l))
			}
		})
	}
}
