package cli

import (
	"testing"

	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/internal/diag"
)

// TestRefused holds that a lost rule is no fault of the input, also beside errors that are.
func TestRefused(t *testing.T) {
	lost := diag.RuleLost(&ast.File{Name: "rules", Text: "*filter\n-A INPUT -j DROP\n"}, 2, "nft")
	wrong := diag.Diagnostic{Severity: diag.Error, Code: diag.Syntax}
	for _, l := range []diag.List{{lost}, {wrong, lost}} {
		if got := refused(l); got != (exitError{exitSystem, ""}) || !l.HasErrors() {
			t.Errorf("%v ends with %v", l, got)
		}
	}
	if got := refused(diag.List{wrong}); got != (exitError{exitUsage, ""}) {
		t.Errorf("an error of the input ends with %v", got)
	}
	if l := (diag.List{lost}); forgive(l) || !l.HasErrors() {
		t.Error("--partial forgives a lost rule")
	}
}
