package diag

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/recentc/recentc/ast"
)

// TestTogether holds which diagnostics of missing sets become one, and that no place is lost.
func TestTogether(t *testing.T) {
	at := func(line uint32) ast.Range { return ast.Range{Start: ast.Pos{Line: line, Column: 1}} }
	lacks := func(file string, line uint32, set string) Diagnostic {
		return Diagnostic{Code: IPSetUnknown, Severity: Error, File: file, Range: at(line), Summary: "no " + set, Missing: set}
	}
	other := Diagnostic{Code: BadValue, Severity: Error, File: "a", Range: at(2), Summary: "bad"}
	alone := lacks("b", 1, "y")
	many := List{lacks("a", 1, "x"), other, lacks("a", 3, "y"), lacks("a", 4, "x"), other, alone}
	for line := range uint32(8) {
		many = append(many, lacks("c", line+1, "z"))
	}
	var got []string
	for _, d := range many.Together() {
		got = append(got, d.Summary)
	}
	want := []string{
		"no x; again in line 4; also missing: y (line 3)", "bad", "bad", "no y",
		"no z; again in lines 2, 3, 4, 5, 6 and 2 more",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
