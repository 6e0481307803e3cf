package nft_test

import (
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/backend/nft"
	"github.com/recentc/recentc/compile"
	"github.com/recentc/recentc/grammar"
	"github.com/recentc/recentc/internal/lab"
	"github.com/recentc/recentc/ipset"
)

// TestNumbersLoad holds that nft takes what is made of every value that iptables takes. The
// table is that of package compile; of the values with one meaning it tries the first.
func TestNumbersLoad(t *testing.T) {
	lab.RequireNFT(t)
	for file, rules := range takenNumbers(t) {
		t.Run(file, func(t *testing.T) {
			t.Parallel()
			family := ast.IPv4
			inet := ""
			if strings.HasPrefix(file, "6") {
				family, inet = ast.IPv6, " family inet6"
			}
			sets := ipset.Collection{}
			sets.ParseFile("sets", "create numbers hash:ip"+inet+" timeout 0 counters\n")
			f, _ := grammar.ParseFile("numbers", "*"+file[2:]+"\n"+strings.Join(rules, "\n")+"\nCOMMIT\n")
			programs, _ := compile.Compile([]*ast.File{f}, compile.Options{Family: family, Sets: sets})
			out, _ := nft.Translate(programs, nft.Options{})
			err := lab.WithNamespace(func(ns *lab.Namespace) error {
				_, err := ns.Run(out.Text, "nft", "-c", "-f", "-")
				return err
			})
			if err != nil {
				t.Errorf("%.4000s", err)
			}
		})
	}
}

// takenNumbers are rules by family and table. Windows of -m recent are left out: each is a
// list of its own size. Not every kernel has queues.
func takenNumbers(t *testing.T) map[string][]string {
	t.Helper()
	text, err := os.ReadFile("../../compile/testdata/numbers.txt")
	if err != nil {
		t.Fatal(err)
	}
	rules, file, rule := map[string][]string{}, "", ""
	for _, line := range strings.Split(string(text), "\n") {
		tab := strings.LastIndexByte(line, '\t')
		switch {
		case strings.HasPrefix(line, "#") || line == "" || strings.HasPrefix(line, "refused\t"):
		case tab < 0:
			words := strings.SplitN(line, " ", 3)
			file, rule = words[0]+" "+words[1], words[2]
		case !strings.Contains(rule, "-m recent") && !strings.Contains(rule, "-j NFQUEUE"):
			first, _ := strconv.QuotedPrefix(line[tab+1:])
			value, _ := strconv.Unquote(first)
			rules[file] = append(rules[file], strings.Replace(rule, "@", strconv.Quote(value), 1))
		}
	}
	return rules
}
