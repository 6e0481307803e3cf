package nft_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/backend/nft"
)

// TestCountersGoOnOnce translates random rule sets whose rules have counted already.
// However many places a rule counts in, their sum has to begin with that.
func TestCountersGoOnOnce(t *testing.T) {
	for seed := range uint64(200) {
		rules, _ := inFamilies(newGenerator(seed).ruleSet())
		if !faithful(t, rules) {
			continue
		}
		var counted strings.Builder
		n := 0
		for line := range strings.Lines(rules) {
			line = strings.ReplaceAll(line, "! --set", "--set") // the opposite never matches, and so never counts
			if strings.HasPrefix(line, "-A ") {
				n++
				fmt.Fprintf(&counted, "[%d:%d] ", n, 100*n)
			}
			counted.WriteString(line)
		}
		text := translate(t, ast.IPv4, counted.String(), nft.Options{}).Text
		for i := range n {
			want := fmt.Sprintf("counter packets %d bytes %d", i+1, 100*(i+1))
			if got := strings.Count(text+" ", want+" ") + strings.Count(text, want+"\n"); got != 1 {
				t.Fatalf("%s\n%d of %q, want one:\n%s", counted.String(), got, want, text)
			}
		}
	}
}
