package cli

import (
	"strings"
	"testing"

	"github.com/recentc/recentc/internal/diag"
)

// TestCatalogExamples holds that every code's example gives the code, and that
// the same put right does not.
func TestCatalogExamples(t *testing.T) {
	for _, e := range diag.Catalog() {
		t.Run(string(e.Code), func(t *testing.T) {
			if e.Before == "" {
				t.Skip("the code has no example in one file")
			}
			b := "nft"
			if strings.HasPrefix(string(e.Code), "RC14") {
				b = "ebpf"
			}
			_, _, before := run(e.Before, "translate", "-b", b, "-")
			if !strings.Contains(before, "["+string(e.Code)+"]") {
				t.Errorf("the example does not give %s:\n%s\n%s", e.Code, e.Before, before)
			}
			code, _, after := run(e.After, "translate", "-b", b, "-")
			if e.After != "" && (strings.Contains(after, "["+string(e.Code)+"]") || code != exitOK) {
				t.Errorf("the example put right still fails:\n%s\n%s", e.After, after)
			}
		})
	}
}

// TestCatalogComplete holds that every code is unique and explained.
func TestCatalogComplete(t *testing.T) {
	seen := map[diag.Code]bool{}
	for _, e := range diag.Catalog() {
		if seen[e.Code] {
			t.Errorf("%s stands in the catalog twice", e.Code)
		}
		seen[e.Code] = true
		if e.Title == "" || e.Why == "" {
			t.Errorf("%s has no title or no explanation", e.Code)
		}
		if code, out, _ := run("", "explain", strings.ToLower(string(e.Code))); code != exitOK || !strings.Contains(out, e.Title) {
			t.Errorf("explain %s: exit %d\n%s", e.Code, code, out)
		}
	}
}
