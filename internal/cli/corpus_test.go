package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/recentc/recentc/internal/lab"
)

// corpusEnv names a folder of rule files found in the wild, one file each, on
// which the whole way is tried. They are not part of this repository.
const corpusEnv = "RECENTC_CORPUS"

// TestCorpus translates every file of the corpus. Nine in ten must be translated
// whole, each output must load, and what the kernel lists of it must load again
// and list the same.
func TestCorpus(t *testing.T) {
	dir := os.Getenv(corpusEnv)
	if dir == "" {
		t.Skip(corpusEnv + " does not name a folder of rule files")
	}
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil {
		t.Fatal(err)
	}
	total, whole := 0, 0
	for _, file := range files {
		if filepath.Ext(file) == ".tsv" {
			continue
		}
		total++
		code, script, stderr := run("", "translate", file)
		if code != exitOK {
			t.Logf("%s: exit %d: %s", filepath.Base(file), code, firstError(stderr))
			continue
		}
		whole++
		t.Run(filepath.Base(file), func(t *testing.T) {
			lab.Require(t)
			t.Parallel()
			if err := lab.RoundTrip(script); err != nil {
				t.Error(err)
			}
		})
	}
	t.Logf("%d of %d files are translated whole", whole, total)
	if total == 0 || whole*10 < total*9 {
		t.Errorf("only %d of %d files are translated whole", whole, total)
	}
}

func firstError(stderr string) string {
	for _, line := range strings.Split(stderr, "\n") {
		if strings.Contains(line, ": error[") {
			return line
		}
	}
	return stderr
}
