package cli

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// TestStandardOutput has every command that prints write to a full device and to a pipe
// that nobody reads.
func TestStandardOutput(t *testing.T) {
	dir := t.TempDir()
	rules := filepath.Join(dir, "x.rules")
	write(t, rules, "*filter\n:INPUT ACCEPT [0:0]\n-A INPUT -m recent --set --name L -j DROP\nCOMMIT\n")
	commands := [][]string{
		{"translate", rules}, {"translate", "-o", "-", rules}, {"translate", "-b", "ebpf", rules},
		{"lint", rules}, {"lint", "--json", rules}, {"lint", "--format", "sarif", rules}, {"lint", "--format", "github", rules}, {"lint", "--list-rules"},
		{"explain", rules}, {"explain", "--json", rules}, {"explain", "--format", "dot", rules}, {"explain", "RC1203"},
		{"version"}, {"man"}, {"completion", "bash"}, {"completion", "zsh"}, {"completion", "fish"}, {"help"}, {"--help"}, {"translate", "--help"}, {},
	}
	if os.Geteuid() == 0 {
		commands = append(commands, []string{"verify", "--against", "model", "--seconds", "1", rules})
	}
	for _, args := range commands {
		full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
		if err != nil {
			t.Skip(err)
		}
		ends(t, full, true, args)
		r, w, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		r.Close()
		ends(t, w, false, args)
	}
}

// ends holds that a command ends with exitSystem; says tells whether with a message.
func ends(t *testing.T, out *os.File, says bool, args []string) {
	t.Helper()
	defer out.Close()
	var errs strings.Builder
	c := Command{Stdin: strings.NewReader(""), Stdout: out, Stderr: &errs}
	if code := c.Main(args); code != exitSystem {
		t.Errorf("%s: %q: exit %d: %s", out.Name(), args, code, &errs)
	}
	if said := strings.Contains(errs.String(), "no space left") || strings.Contains(errs.String(), "pipe"); said != says {
		t.Errorf("%s: %q says %q", out.Name(), args, &errs)
	}
}

// TestStandardOutputLive is TestStandardOutput for commands that ask the kernel.
func TestStandardOutputLive(t *testing.T) {
	h := newHost(t)
	rules := h.file("x.rules", "*filter\n:INPUT ACCEPT [0:0]\n-A INPUT -m recent --set --name L -j DROP\nCOMMIT\n")
	h.must("", "apply", rules)
	h.must("", "list", "add", "L", "192.0.2.1")
	for _, args := range [][]string{
		{"status"}, {"status", "--json"}, {"status", "--follow"}, {"list"}, {"list", "--json"}, {"list", "show", "L"}, {"list", "show", "--json", "L"},
		{"list", "add", "L", "192.0.2.2"}, {"apply", "--dry-run", rules}, {"apply", rules}, {"remove"},
	} {
		h.do(func() error {
			out, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
			if err == nil {
				ends(t, out, true, args)
			}
			return err
		})
	}
}

// TestMessagesLost holds that a full standard error changes nothing else.
func TestMessagesLost(t *testing.T) {
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skip(err)
	}
	defer full.Close()
	var out strings.Builder
	rules := "*filter\n:INPUT ACCEPT [0:0]\n-A INPUT -j DROP\nCOMMIT\n"
	c := Command{Stdin: strings.NewReader(rules), Stdout: &out, Stderr: full}
	if code := c.Main([]string{"translate"}); code != 0 || !strings.Contains(out.String(), "drop") {
		t.Errorf("exit %d: %s", code, &out)
	}
}

// TestSettingsThatAreNoFile has what a checkout may hold under the name of the settings.
func TestSettingsThatAreNoFile(t *testing.T) {
	for what, make := range map[string]func(name string) error{
		"zero":   func(name string) error { return os.Symlink("/dev/zero", name) },
		"fifo":   func(name string) error { return unix.Mkfifo(name, 0o600) },
		"folder": func(name string) error { return os.Mkdir(name, 0o700) },
		"large": func(name string) error {
			if err := os.WriteFile(name, nil, 0o600); err != nil {
				return err
			}
			return os.Truncate(name, 10<<30)
		},
	} {
		for _, settings := range lintFileNames {
			dir := t.TempDir()
			rules := filepath.Join(dir, "x.rules")
			write(t, rules, "*filter\n:INPUT ACCEPT [0:0]\nCOMMIT\n")
			if err := make(filepath.Join(dir, settings)); err != nil {
				t.Skip(err)
			}
			ended := endsInTime(t, func() {
				if code, out, errs := run("", "lint", rules); code != exitUsage || !strings.Contains(errs, settings) {
					t.Errorf("%s as %s: exit %d\n%s%s", what, settings, code, out, errs)
				}
			})
			if !ended {
				t.Errorf("%s as %s: lint waits", what, settings)
			}
		}
	}
}

// endsInTime calls f, which must end in some seconds.
func endsInTime(t *testing.T, f func()) bool {
	done := make(chan struct{})
	go func() {
		defer close(done)
		f()
	}()
	select {
	case <-done:
		return true
	case <-time.After(20 * time.Second):
		return false
	}
}

// TestInputsThatAreNoFile has rules from a pipe, and inputs without an end.
func TestInputsThatAreNoFile(t *testing.T) {
	dir := t.TempDir()
	fifo := filepath.Join(dir, "fifo")
	if err := unix.Mkfifo(fifo, 0o600); err != nil {
		t.Skip(err)
	}
	go os.WriteFile(fifo, []byte("*filter\n:INPUT ACCEPT [0:0]\n-A INPUT -j DROP\nCOMMIT\n"), 0o600)
	if code, _, errs := run("", "translate", fifo); code != 0 {
		t.Errorf("a pipe: exit %d: %s", code, errs)
	}
	if code, _, errs := run("", "translate", "/dev/zero"); code != exitUsage || !strings.Contains(errs, "larger than 256 MiB") {
		t.Errorf("/dev/zero: exit %d: %s", code, errs)
	}
	if code, _, errs := run("", "translate", dir); code != exitUsage {
		t.Errorf("a folder: exit %d: %s", code, errs)
	}
}

// TestOutputFile holds the modes of what -o and --fix write.
func TestOutputFile(t *testing.T) {
	dir := t.TempDir()
	rules := filepath.Join(dir, "x.rules")
	write(t, rules, "*filter\n:INPUT ACCEPT [0:0]\n-A INPUT -j DROP\nCOMMIT\n")
	out := filepath.Join(dir, "out.nft")
	if err := os.WriteFile(out, []byte("old"), 0o600); err != nil {
		t.Fatal(err)
	}
	if code, _, errs := run("", "translate", "-o", out, rules); code != 0 {
		t.Fatal(errs)
	}
	if info, err := os.Stat(out); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the mode is %v: %v", info.Mode(), err)
	}
	if code, _, errs := run("-A nothing", "translate", "-o", out); code != exitUsage {
		t.Errorf("exit %d: %s", code, errs)
	}
	if text, err := os.ReadFile(out); err != nil || !strings.Contains(string(text), "drop") {
		t.Errorf("an error left %q: %v", text, err)
	}
}

// TestColor holds what --color takes, and that NO_COLOR goes before a terminal.
func TestColor(t *testing.T) {
	rules := "*filter\n:INPUT ACCEPT [0:0]\n-A INPUT -m recent --set --name L\nCOMMIT\n"
	for _, command := range []string{"translate", "lint", "explain", "apply", "verify"} {
		if code, _, errs := run(rules, command, "--color", "bogus", "-"); code != exitUsage || !strings.Contains(errs, "auto, always or never") {
			t.Errorf("%s: exit %d: %s", command, code, errs)
		}
	}
	script, err := exec.LookPath("script")
	if err != nil {
		t.Skip(err)
	}
	h := newHost(t)
	file := h.file("x.rules", rules)
	for env, colours := range map[string]bool{"NO_COLOR=1": false, "NO_COLOR=": true} {
		out := h.run("", "env", env, script, "-qec", h.command(nil)[0]+" apply --dry-run "+file, "/dev/null")
		if strings.Contains(out, "\x1b[") != colours {
			t.Errorf("%s: %q", env, out)
		}
	}
}
