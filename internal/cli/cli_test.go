package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const goodRules = "*filter\n:INPUT DROP [0:0]\n-A INPUT -p tcp --dport 22 -m recent --set --name SSH -j ACCEPT\nCOMMIT\n"

// TestExitCodes holds the promise of the exit codes, and that nothing is
// written where there was an error.
func TestExitCodes(t *testing.T) {
	dir := t.TempDir()
	good, bad, half := filepath.Join(dir, "good.rules"), filepath.Join(dir, "bad.rules"), filepath.Join(dir, "half.rules")
	write(t, good, goodRules)
	write(t, bad, "*filter\n-A INPUT -j\nCOMMIT\n")
	write(t, half, "*filter\n-A INPUT -m nosuchmatch -j DROP\n-A INPUT -j ACCEPT\nCOMMIT\n")
	out := filepath.Join(dir, "out.nft")
	for _, c := range []struct {
		name    string
		args    []string
		code    int
		written bool
	}{
		{"fine", []string{"translate", "-o", out, good}, exitOK, true},
		{"options behind", []string{"translate", good, "-o", out}, exitOK, true},
		{"options on both sides", []string{"translate", "--strict", good, "--table=x", "-o", out}, exitOK, true},
		{"bad input", []string{"translate", bad, "-o", out}, exitUsage, false},
		{"not expressible", []string{"translate", half, "-o", out}, exitUsage, false},
		{"partial", []string{"translate", "--partial", half, "-o", out}, exitFindings, true},
		{"bad input stays bad", []string{"translate", "--partial", bad, "-o", out}, exitUsage, false},
		{"no such file", []string{"translate", filepath.Join(dir, "none"), "-o", out}, exitUsage, false},
		{"no such folder", []string{"translate", good, "-o", filepath.Join(dir, "none", "x")}, exitSystem, false},
		{"unknown option", []string{"translate", "--nope", good, "-o", out}, exitUsage, false},
		{"unknown command", []string{"transmogrify"}, exitUsage, false},
		{"bad family", []string{"translate", "--family", "x", good}, exitUsage, false},
		{"bad mode", []string{"translate", "--hitcount-mode", "x", good}, exitUsage, false},
		{"bad backend", []string{"translate", "-b", "x", good}, exitUsage, false},
		{"bad kernel", []string{"translate", "--kernel", "x", good}, exitUsage, false},
		{"bad table", []string{"translate", "--table", "a b", good}, exitUsage, false},
		{"version", []string{"version"}, exitOK, false},
		{"help", []string{"help"}, exitOK, false},
		{"nothing", nil, exitOK, false},
		{"completion", []string{"completion", "bash"}, exitOK, false},
		{"completion zsh", []string{"completion", "zsh"}, exitOK, false},
		{"completion fish", []string{"completion", "fish"}, exitOK, false},
		{"no such shell", []string{"completion", "csh"}, exitUsage, false},
		{"explain", []string{"explain", "RC1203"}, exitOK, false},
		{"man", []string{"man"}, exitOK, false},
		{"explain a file", []string{"explain", "../../examples/ssh.rules"}, exitOK, false},
		{"explain no file", []string{"explain", "none.rules"}, exitUsage, false},
		{"explain in a strange format", []string{"explain", "--format", "svg", "../../examples/ssh.rules"}, exitUsage, false},
		{"explain nothing", []string{"explain"}, exitUsage, false},
		{"explain unknown", []string{"explain", "RC9999"}, exitUsage, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			os.Remove(out)
			code, stdout, stderr := run("", c.args...)
			if code != c.code {
				t.Errorf("exit %d, want %d\n%s%s", code, c.code, stdout, stderr)
			}
			if _, err := os.Stat(out); (err == nil) != c.written {
				t.Errorf("output written: %v, want %v", err == nil, c.written)
			}
			if code == exitUsage && stderr == "" {
				t.Error("an error without a message")
			}
		})
	}
	if left, _ := filepath.Glob(filepath.Join(dir, ".recentc-*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// TestStdin holds that "-", and no file at all, read standard input.
func TestStdin(t *testing.T) {
	_, want, _ := run(goodRules, "translate", "-")
	code, got, _ := run(goodRules, "translate")
	if diff := cmp.Diff(want, got); diff != "" || code != exitOK || !strings.Contains(got, "@SSH") {
		t.Errorf("exit %d\n%s", code, diff)
	}
}

// TestSameBytes holds that a translation depends on nothing but its input.
func TestSameBytes(t *testing.T) {
	text, err := os.ReadFile(goldenDir + "/knock-three-stages/in.rules")
	if err != nil {
		t.Fatal(err)
	}
	_, want, _ := run(string(text), "translate", "-")
	for range 20 {
		if _, got, _ := run(string(text), "translate", "-"); got != want {
			t.Fatal(cmp.Diff(want, got))
		}
	}
}

// TestJSON holds that --json prints one array of messages and nothing else.
func TestJSON(t *testing.T) {
	_, _, stderr := run("*filter\n-A INPUT -m recent --check\nCOMMIT\n", "translate", "--json", "-")
	if !strings.HasPrefix(stderr, "[\n") || !strings.Contains(stderr, `"code": "RC1101"`) || !strings.Contains(stderr, `"line": 2`) {
		t.Error(stderr)
	}
}
