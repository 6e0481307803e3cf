package cli

import (
	"os"
	"path/filepath"
	"testing"
)

// FuzzSets translates rules with any sets: there is no panic, and no output in
// spite of an error.
func FuzzSets(f *testing.F) {
	files, _ := filepath.Glob(goldenDir + "/*/sets.ipset")
	for _, name := range files {
		if text, err := os.ReadFile(name); err == nil {
			f.Add(string(text), "-m set ! --match-set lan src,dst", "-j SET --add-set seen src,dst,src --exist")
		}
	}
	f.Fuzz(func(t *testing.T, sets, match, target string) {
		file := filepath.Join(t.TempDir(), "sets")
		if err := os.WriteFile(file, []byte(sets), 0o600); err != nil {
			t.Fatal(err)
		}
		rules := "*filter\n-A INPUT " + match + "\n-A INPUT " + match + " " + target + "\nCOMMIT\n"
		for _, family := range []string{"ip", "ip6"} {
			if code, stdout, _ := run(rules, "translate", "--family", family, "--ipset-file", file, "-"); code == exitUsage && stdout != "" {
				t.Fatalf("%q %q %q: output in spite of an error", sets, match, target)
			}
		}
	})
}
