package cli

import (
	"os"
	"os/exec"
	"regexp"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/recentc/recentc/internal/lab"
)

var jiffies = regexp.MustCompile(`last_seen: \d+`)

// TestRecording holds that docs/recording.md is what happens when it is played; -update
// writes it anew. A machine that is late may play it otherwise, but not each time.
func TestRecording(t *testing.T) {
	lab.Require(t)
	t.Parallel()
	const page, tries = "../../docs/recording.md", 3
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	var diff string
	for range tries {
		played, err := exec.Command("../../contrib/recording/play", self).Output()
		if err != nil {
			t.Fatalf("%v\n%s", err, played)
		}
		if *update {
			if err := os.WriteFile(page, played, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		if diff = cmp.Diff(untimed(text), untimed(played)); diff == "" {
			return
		}
	}
	t.Errorf("docs/recording.md is not current (make recording writes it anew):\n%s", diff)
}

func untimed(text []byte) string {
	return steady(jiffies.ReplaceAllString(string(text), "last_seen: then"))
}
