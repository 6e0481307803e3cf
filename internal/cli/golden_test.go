package cli

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/recentc/recentc/internal/lab"
)

var update = flag.Bool("update", false, "write the golden files anew")

const goldenDir = "../../testdata/golden"

// run runs one command line on an input and returns what it prints.
func run(stdin string, args ...string) (code int, stdout, stderr string) {
	var out, errs bytes.Buffer
	c := Command{Stdin: strings.NewReader(stdin), Stdout: &out, Stderr: &errs}
	code = c.Main(args)
	return code, out.String(), errs.String()
}

// behindWrite finds a verdict behind a statement that ends the rule when its set
// is full.
var behindWrite = regexp.MustCompile(`(?m)^\s*[^#\n]*\b(update|add) @[^\n]*\} (counter |log )?(accept|drop|return|reject|jump|goto|queue|masquerade|snat|dnat|redirect).*$`)

// goldenCases are the folders of testdata/golden.
func goldenCases(t testing.TB) []string {
	t.Helper()
	dirs, err := os.ReadDir(goldenDir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, d := range dirs {
		if d.IsDir() {
			names = append(names, d.Name())
		}
	}
	return names
}

// goldenArgs are the options in a case's file "args", one a line. A file of sets
// is one of the case's folder.
func goldenArgs(dir string) []string {
	text, err := os.ReadFile(filepath.Join(dir, "args"))
	if err != nil {
		return nil
	}
	args := strings.Fields(string(text))
	for i := 1; i < len(args); i++ {
		if args[i-1] == "--ipset-file" {
			args[i] = filepath.Join(dir, args[i])
		}
	}
	return args
}

// outputName is the file of a case's output: an nft script, or the listing of a
// BPF object.
func outputName(dir string) string {
	if slices.Contains(goldenArgs(dir), "ebpf") {
		return "out.bpf"
	}
	return "out.nft"
}

// TestGolden translates each case's in.rules and compares the output with
// out.nft or out.bpf, and the exit code and messages with diag.txt.
func TestGolden(t *testing.T) {
	for _, name := range goldenCases(t) {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(goldenDir, name)
			args := append(append([]string{"translate"}, goldenArgs(dir)...), filepath.Join(dir, "in.rules"))
			code, stdout, stderr := run("", args...)
			stderr = strings.ReplaceAll(stderr, dir+string(filepath.Separator), "")
			checkGolden(t, filepath.Join(dir, outputName(dir)), stdout)
			checkGolden(t, filepath.Join(dir, "diag.txt"), fmt.Sprintf("exit %d\n%s", code, stderr))
			if code != exitOK && code != exitFindings && stdout != "" {
				t.Error("there is output in spite of an error")
			}
			if bad := behindWrite.FindString(stdout); bad != "" {
				t.Errorf("a verdict stands behind a write that a full set refuses: %s", bad)
			}
		})
	}
}

// checkGolden compares text with a file; no file stands for no text.
func checkGolden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		writeGolden(t, file, got)
		return
	}
	want, err := os.ReadFile(file)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got; -update writes it anew):\n%s", filepath.Base(file), diff)
	}
}

func writeGolden(t *testing.T, file, got string) {
	t.Helper()
	if got == "" {
		os.Remove(file)
		return
	}
	if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
		t.Fatal(err)
	}
}

// TestGoldenLoads loads every golden output into a network namespace, and what
// the kernel lists of it into another one.
func TestGoldenLoads(t *testing.T) {
	lab.Require(t)
	for _, name := range goldenCases(t) {
		script, err := os.ReadFile(filepath.Join(goldenDir, name, "out.nft"))
		if err != nil {
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if err := lab.RoundTrip(string(script)); err != nil {
				t.Error(err)
			}
		})
	}
}
