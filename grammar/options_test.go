package grammar

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/recentc/recentc/ast"
)

// FuzzOptions holds that options which are kept as pieces of their line are those that were read.
func FuzzOptions(f *testing.F) {
	for _, s := range []string{
		"-A INPUT -p tcp --dport 22 -j DROP", "[1:2] -A INPUT ! -s 10.0.0.1 -j X", "  -A\tX -p ! tcp !  --syn -m comment --comment \"a b\" \"\"",
		"-A X -ptcp --dport=22 -nv --comment \"a \\\" b\" --log-prefix a\"b\"", "-A X --comment '\"' ! -i ! eth0", "-A X -j", "-A \"-p\" -p \"-j\"",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, style := range []ast.Style{ast.Save, ast.Commands} {
			l := lineLexer{file: "in", text: text, line: 3, column: 4, style: style}
			var scratch ruleLine
			if n, err := parseLine(&l, &scratch); err != nil || n.Rule == nil || len(scratch.Options.list) == 0 {
				continue
			}
			list := scratch.Options.list
			r := &ast.Rule{Range: ast.Span(list[0].Range, list[len(list)-1].Range), Source: text}
			new(ast.Store).SetOptions(r, list, 5)
			if diff := cmp.Diff(list, r.Options(nil), cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("%q: %s", text, diff)
			}
		}
	})
}
