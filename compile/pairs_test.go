package compile_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/compile"
	"github.com/recentc/recentc/grammar"
	"github.com/recentc/recentc/internal/diag"
)

// pairRule has so many addresses in -s and in -d.
func pairRule(sources, dests int) string {
	list := func(net, n int) string {
		var all []string
		for i := range n {
			all = append(all, fmt.Sprintf("10.%d.%d.%d", net, i>>8, i&255))
		}
		return strings.Join(all, ",")
	}
	return "-A INPUT -s " + list(1, sources) + " -d " + list(2, dests) + " -j DROP\n"
}

// TestPairs holds that lists of addresses make the rules that iptables makes of them, up
// to a bound that belongs to the input and not to a rule, and that the rule is named.
func TestPairs(t *testing.T) {
	for name, c := range map[string]struct {
		rules string
		count int
		line  uint32
	}{
		"few":           {pairRule(7, 9), 63, 0},
		"many":          {pairRule(180, 180), 32400, 0},
		"one side":      {pairRule(40000, 1), 40000, 0},
		"too many":      {"-A INPUT -j ACCEPT\n" + pairRule(300, 300), 0, 3},
		"in many rules": {strings.Repeat(pairRule(20, 20), 600), 0, 83},
	} {
		t.Run(name, func(t *testing.T) {
			f, _ := grammar.Parse("x.rules", "*filter\n"+c.rules+"COMMIT\n", grammar.Options{})
			programs, l := compile.Compile([]*ast.File{f}, compile.Options{})
			if c.line == 0 {
				if n := len(programs[0].Chains[0].Rules); l.HasErrors() || n != c.count {
					t.Fatalf("%d rules, not %d: %v", n, c.count, l)
				}
				return
			}
			if len(l) == 0 || l[0].Code != diag.TooManyPairs || l[0].Range.Start.Line != c.line {
				t.Fatalf("not RC1129 in line %d: %+v", c.line, l[:min(len(l), 1)])
			}
		})
	}
}

// TestDeleteManyAlike holds that -D finds its rule among those that look alike, and takes
// the first of equal ones.
func TestDeleteManyAlike(t *testing.T) {
	var same strings.Builder
	same.WriteString("*filter\n")
	for i := range 300 {
		fmt.Fprintf(&same, "-A INPUT -p tcp -m tcp --dport %d -m recent --rcheck --name L%d -j DROP\n", i%100, i%3)
	}
	for i := range 299 {
		fmt.Fprintf(&same, "-D INPUT -p 6 --dport 0%o -m recent --rcheck --rsource --name L%d -j DROP\n", i%100, i%3)
	}
	same.WriteString("COMMIT\n")
	f, _ := grammar.Parse("x.rules", same.String(), grammar.Options{})
	programs, l := compile.Compile([]*ast.File{f}, compile.Options{})
	rules := programs[0].Chains[0].Rules
	if l.HasErrors() || len(rules) != 1 || rules[0].Range.Start.Line != 301 {
		t.Fatalf("%d rules left, %v", len(rules), l)
	}
}
