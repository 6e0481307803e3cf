package loader

import (
	"fmt"
	"strings"
	"testing"

	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/backend/ebpf"
	"github.com/recentc/recentc/compile"
	"github.com/recentc/recentc/grammar"
	"github.com/recentc/recentc/internal/diag"
	"github.com/recentc/recentc/internal/lab"
)

// manyRules are rules on so many lists, each of several conditions.
func manyRules(rules, lists int) string {
	var b strings.Builder
	b.WriteString("*filter\n")
	for i := range rules / 2 {
		same := fmt.Sprintf("-A INPUT -s 10.%d.0.0/16 -i eth%d -p tcp -m tcp --dport %d --syn -m conntrack --ctstate NEW -m recent --name L%d", i%256, i%7, 1+i%60000, i%lists)
		fmt.Fprintf(&b, "%s --set\n%s --update --seconds 60 --hitcount 4 -j DROP\n", same, same)
	}
	b.WriteString("COMMIT\n")
	return b.String()
}

// TestScale loads as many rules and lists as any firewall is likely to have.
func TestScale(t *testing.T) {
	lab.Require(t)
	for _, c := range []struct{ rules, lists int }{{5000, 1000}, {10000, 10}} {
		loaded, err := Load(object(t, manyRules(c.rules, c.lists)))
		if err != nil {
			t.Fatal(err)
		}
		info, err := loaded.coll.Programs["v4_filter_input"].Info()
		if err != nil {
			t.Fatal(err)
		}
		n, _ := info.VerifiedInstructions()
		t.Logf("%d rules, %d lists: %d verified instructions", c.rules, c.lists, n)
		if err := loaded.Close(); err != nil {
			t.Error(err)
		}
	}
}

// TestTooMany holds that more rules than the kernel takes are refused when they
// are translated, and not when they are loaded.
func TestTooMany(t *testing.T) {
	f, _ := grammar.ParseFile("rules.v4", manyRules(40000, 10))
	programs, _ := compile.Compile([]*ast.File{f}, compile.Options{Family: ast.IPv4})
	out, diags := ebpf.Translate(programs, ebpf.Options{})
	if len(diags) != 1 || diags[0].Code != diag.TooLargeEBPF || len(out.Object) > 0 {
		t.Errorf("%d bytes, %v", len(out.Object), diags)
	}
}
