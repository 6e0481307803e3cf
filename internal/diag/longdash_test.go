package diag_test

import (
	"testing"

	"github.com/recentc/recentc/internal/diag"
)

// TestLongDash holds that only dashes which are no hyphens get the remedy.
func TestLongDash(t *testing.T) {
	for word, want := range map[string]bool{"–p": true, "—dport": true, "--dport": false, "p–": false, "": false} {
		if got := diag.LongDash(word) != ""; got != want {
			t.Errorf("%q: %v", word, got)
		}
	}
}
