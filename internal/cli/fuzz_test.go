package cli

import (
	"os"
	"path/filepath"
	"testing"
)

// FuzzTranslate holds that no input makes the translation panic, and that an
// error leaves no output.
func FuzzTranslate(f *testing.F) {
	dirs, _ := filepath.Glob(goldenDir + "/*/in.rules")
	for _, name := range dirs {
		if text, err := os.ReadFile(name); err == nil && len(text) < 4096 {
			f.Add(string(text))
		}
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, args := range [][]string{{"translate", "-"}, {"translate", "--partial", "--family", "ip6", "--hitcount-mode", "meter", "-"}} {
			code, stdout, stderr := run(text, args...)
			if code == exitUsage && (stdout != "" || stderr == "") {
				t.Fatalf("%q: exit %d with %d bytes of output and %q", text, code, len(stdout), stderr)
			}
			if code == exitSystem {
				t.Fatalf("%q: exit %d: %s", text, code, stderr)
			}
		}
	})
}
