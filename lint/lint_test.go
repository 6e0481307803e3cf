package lint_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/grammar"
	"github.com/recentc/recentc/internal/diag"
	"github.com/recentc/recentc/lint"
)

// findings lints a text and returns what is found, with what comments left out.
func findings(t testing.TB, text string, opts lint.Options) diag.List {
	t.Helper()
	f, parsed := grammar.ParseFile("in.rules", text)
	files := []*ast.File{f}
	l := lint.Run(files, parsed, &opts)
	kept, _ := lint.Suppress(files, l, &opts)
	return kept
}

func has(l diag.List, code diag.Code) bool {
	return slices.ContainsFunc(l, func(d diag.Diagnostic) bool { return d.Code == code })
}

// show writes findings for a failed test.
func show(l diag.List) string {
	var b strings.Builder
	diag.Text{}.Write(&b, l)
	return b.String()
}

// TestDocumentation holds that each check's example gives its code and the same
// put right does not, and that both load.
func TestDocumentation(t *testing.T) {
	seen := map[diag.Code]bool{}
	last := diag.Code("")
	for _, c := range lint.Checks() {
		t.Run(string(c.Code), func(t *testing.T) {
			if seen[c.Code] || c.Code <= last || c.Title == "" || c.Why == "" || c.Since == "" || c.Severity == 0 {
				t.Errorf("code twice or out of order, or documentation incomplete: %+v", c)
			}
			seen[c.Code], last = true, c.Code
			if before := findings(t, c.Before, lint.Options{}); !has(before, c.Code) {
				t.Errorf("the example does not give %s:\n%s", c.Code, show(before))
			}
			after := findings(t, c.After, lint.Options{})
			if c.After != "" && (has(after, c.Code) || after.HasErrors()) {
				t.Errorf("the example put right still has:\n%s", show(after))
			}
		})
	}
}
