package ebpf_test

import (
	"bytes"
	"testing"

	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/backend/ebpf"
	"github.com/recentc/recentc/compile"
	"github.com/recentc/recentc/grammar"
)

// TestSameBytes holds that the same rules give the same object every time.
func TestSameBytes(t *testing.T) {
	const rules = `*filter
:ONE - [0:0]
-A INPUT -m recent --name A --set -m recent --name B --rcheck --hitcount 50 -j LOG
-A INPUT -m recent --name C --mask 255.0.0.0 --remove -j ONE
-A ONE -m limit --limit 1/sec -m statistic --mode nth --every 3 --packet 1 -m recent --name D --update --hitcount 7
-A FORWARD -m state --state NEW -j ONE
COMMIT
`
	var first ebpf.Output
	for i := range 5 {
		f, _ := grammar.ParseFile("rules.v4", rules)
		programs, _ := compile.Compile([]*ast.File{f}, compile.Options{})
		out, diags := ebpf.Translate(programs, ebpf.Options{})
		if diags.HasErrors() || len(out.Object) == 0 {
			t.Fatal(diags)
		}
		if i == 0 {
			first = out
		}
		if !bytes.Equal(first.Object, out.Object) || first.Listing != out.Listing {
			t.Fatalf("run %d gives another object", i)
		}
	}
}
