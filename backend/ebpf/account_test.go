package ebpf

import (
	"testing"

	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/compile"
	"github.com/recentc/recentc/grammar"
	"github.com/recentc/recentc/internal/diag"
)

// TestAccountFindsLoss takes the instructions of each rule out of the functions in turn,
// and expects the error at the rule's line.
func TestAccountFindsLoss(t *testing.T) {
	text := "*filter\n:X - [0:0]\n-A INPUT -m recent --name a --set\n-A INPUT -m recent --name a --rcheck --seconds 9 --hitcount 3 -j DROP\n" +
		"-A INPUT -p tcp --dport 22 -j X\n-A X -s 10.0.0.1 -j ACCEPT\nCOMMIT\n"
	f, _ := grammar.ParseFile("rules", text)
	programs, _ := compile.Compile([]*ast.File{f}, compile.Options{})
	for line := uint32(2); line <= 6; line++ { // line 2 has no rule
		var diags diag.List
		tr := &translator{opts: &Options{}, diags: &diags, out: newObject(), names: map[string]bool{}}
		tr.countRules(programs)
		tr.makeLists(programs)
		tr.program(programs[0])
		for _, fn := range tr.out.functions {
			for i := range fn.code {
				if at := fn.code[i].line; at != nil && at.line == line {
					fn.code[i].line = nil
				}
			}
		}
		tr.account(programs)
		switch {
		case line == 2 && len(diags) > 0:
			t.Errorf("nothing is lost, and the account says %v", diags)
		case line > 2 && (len(diags) != 1 || diags[0].Code != diag.Lost || diags[0].Range.Start.Line != line):
			t.Errorf("the rule of line %d is lost, and the account says %v", line, diags)
		}
	}
}
