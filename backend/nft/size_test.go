package nft_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/backend/nft"
	"github.com/recentc/recentc/compile"
	"github.com/recentc/recentc/grammar"
	"github.com/recentc/recentc/internal/diag"
)

// TestTooLargeNames holds that what would become too large is refused at the rule with
// which it does, before it is made.
func TestTooLargeNames(t *testing.T) {
	values := "0=1,2,3,4,5,6,7,8,9,10"
	list := func(i, hits int) string {
		return fmt.Sprintf("-A INPUT -m recent --set --name L%d\n-A INPUT -m recent --update --seconds 60 --hitcount %d --name L%d -j DROP\n", i, hits, i)
	}
	for name, c := range map[string]struct {
		rules string
		line  uint32 // of the error, 0 for none
	}{
		"values":       {"-A INPUT -j LOG\n-A INPUT -m u32 --u32 \"" + strings.Repeat(values+"&&", 9) + values + "\" -j DROP\n", 3},
		"few values":   {"-A INPUT -m u32 --u32 \"" + values + "&&" + values + "\" -j DROP\n", 0},
		"lists":        {strings.Repeat(list(1, 200), 1) + each(100, func(i int) string { return list(i+2, 1024) }), 159},
		"many of list": {strings.Repeat(list(1, 20), 500), 0},
	} {
		t.Run(name, func(t *testing.T) {
			f, _ := grammar.Parse("x.rules", "*filter\n"+c.rules+"COMMIT\n", grammar.Options{})
			programs, _ := compile.Compile([]*ast.File{f}, compile.Options{})
			_, l := nft.Prepare(programs, nft.Options{})
			var at uint32
			for _, d := range l {
				if d.Code == diag.TooLarge {
					at = d.Range.Start.Line
				}
			}
			if at != c.line {
				t.Errorf("refused at line %d, not %d", at, c.line)
			}
		})
	}
}

func each(n int, piece func(i int) string) (out string) {
	for i := range n {
		out += piece(i)
	}
	return out
}
