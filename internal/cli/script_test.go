package cli

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestShebang holds that a list of commands gives the same with a "#!" line in
// front, which makes it a script.
func TestShebang(t *testing.T) {
	lines := regexp.MustCompile(`<stdin>:\d+`)
	tried := 0
	for _, name := range goldenCases(t) {
		text, err := os.ReadFile(filepath.Join(goldenDir, name, "in.rules"))
		if err != nil || !strings.HasPrefix(string(text), "iptables ") && !strings.HasPrefix(string(text), "ip6tables ") {
			continue
		}
		code, want, _ := run(string(text), "translate", "-")
		if code != exitOK {
			continue
		}
		tried++
		if _, got, stderr := run("#!/bin/sh\n"+string(text), "translate", "-"); lines.ReplaceAllString(got, "") != lines.ReplaceAllString(want, "") {
			t.Errorf("%s:\n%s\n%s", name, cmp.Diff(want, got), stderr)
		}
	}
	if tried == 0 {
		t.Error("no case is a list of commands")
	}
}

// TestScriptArgs gives a script its arguments on the command line, and shows in
// JSON what a line with variables ran.
func TestScriptArgs(t *testing.T) {
	const script = "#!/bin/sh\n[ \"$1\" = start ] && iptables -A INPUT -i $2 -s 300.0.0.1 -j DROP\n"
	code, _, stderr := run(script, "translate", "--json", "--script-args", "start eth0", "-")
	if want := `"command": "iptables -A INPUT -i eth0 -s 300.0.0.1 -j DROP"`; code != exitUsage || !strings.Contains(stderr, want) {
		t.Errorf("exit %d, without %s:\n%s", code, want, stderr)
	}
	if code, _, stderr := run(script, "translate", "-"); code != exitUsage || !strings.Contains(stderr, "RC1018") || !strings.Contains(stderr, "RC1024") {
		t.Errorf("exit %d, without RC1018 and RC1024:\n%s", code, stderr)
	}
}

// TestScriptBehindRules holds that a script sees the rules of the file in front of it.
func TestScriptBehindRules(t *testing.T) {
	dir := t.TempDir()
	rules, script := filepath.Join(dir, "rules.v4"), filepath.Join(dir, "more.sh")
	for name, text := range map[string]string{
		rules:  "*filter\n:INPUT DROP [0:0]\n:SSH - [0:0]\n-A SSH -j ACCEPT\nCOMMIT\n",
		script: "#!/bin/sh\niptables -N SSH 2>/dev/null || iptables -A INPUT -p tcp --dport 22 -j SSH\n",
	} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if code, stdout, stderr := run("", "translate", rules, script); code != exitOK || !strings.Contains(stdout, "tcp dport 22 counter jump SSH") {
		t.Errorf("exit %d\n%s%s", code, stdout, stderr)
	}
}
