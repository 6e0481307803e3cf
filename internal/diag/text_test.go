package diag

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/recentc/recentc/ast"
)

// TestExcerpt holds that the mark stands below its text, whatever is cut off a line.
func TestExcerpt(t *testing.T) {
	long := strings.Repeat("äb ", 70) + "MARK" + strings.Repeat(" cö", 70)
	for _, line := range []string{"-A MARK x", "MARK", "x MARK", long, "MARK" + long[:200], long[:200] + "MARK", long[1:], "\tMARK\t"} {
		at := uint32(strings.Index(line, "MARK") + 1)
		var b strings.Builder
		Text{}.excerpt(&b, &Diagnostic{Line: line, Range: ast.Range{Start: ast.Pos{Line: 1, Column: at}, End: ast.Pos{Line: 1, Column: at + 4}}})
		rows := strings.Split(b.String(), "\n")
		below := strings.Index(rows[1], "^^^^")
		if below < 0 || !strings.HasPrefix(cut(rows[0], utf8.RuneCountInString(rows[1][:below])), "MARK") {
			t.Errorf("%q:\n%s", line, b.String())
		}
		if n := utf8.RuneCountInString(rows[0]); n > excerptWidth+20 {
			t.Errorf("%q: %d characters wide", line, n)
		}
	}
}

// cut is s from the nth character on.
func cut(s string, n int) string { return string([]rune(s)[n:]) }
