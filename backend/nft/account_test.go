package nft

import (
	"strings"
	"testing"

	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/compile"
	"github.com/recentc/recentc/grammar"
	"github.com/recentc/recentc/internal/diag"
)

// TestAccountFindsLoss takes the text of each rule out of a finished table in turn, and
// expects the error at the rule's line.
func TestAccountFindsLoss(t *testing.T) {
	text := "*filter\n:INPUT DROP [0:0]\n:X - [0:0]\n-A INPUT -m recent --name a --update --seconds 9 --hitcount 3 -j DROP\n" +
		"-A INPUT -m recent --name a --set -j RETURN\n-A INPUT -p tcp -m multiport --dports 1,2 -j X\n-A X -s 10.0.0.1,10.0.0.2 -j ACCEPT\nCOMMIT\n"
	f, _ := grammar.ParseFile("rules", text)
	programs, l := compile.Compile([]*ast.File{f}, compile.Options{})
	finished := func() *translator {
		var diags diag.List
		tr := newTranslator(programs[0], &Options{Table: "recentc"}, &diags)
		tr.program()
		return tr
	}
	if l = append(l, *finished().diags...); l.HasErrors() {
		t.Fatalf("nothing is lost: %v", l)
	}
	for _, line := range []string{"4 ", "5 ", "6 ", "7 "} {
		tr := finished()
		for _, c := range append(tr.chains, tr.listChains...) {
			for _, rules := range c.done {
				for i := range rules {
					rules[i].text = strings.Replace(rules[i].text, "\t\t# rules:"+line, "\t\t", 1)
				}
			}
		}
		tr.account()
		d := *tr.diags
		if last := d[len(d)-1]; last.Code != diag.Lost || last.Range.Start.Line != uint32(line[0]-'0') || last.Rule {
			t.Errorf("the rule of line %sis lost, and the account says %v", line, last)
		}
	}
}
