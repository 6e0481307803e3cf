package cli

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"github.com/recentc/recentc/internal/lab"
	"github.com/recentc/recentc/internal/verify"
)

// TestVerifyExitCodes holds what is refused before anything is sent.
func TestVerifyExitCodes(t *testing.T) {
	dir := t.TempDir()
	good, bad := filepath.Join(dir, "good.rules"), filepath.Join(dir, "bad.rules")
	write(t, good, goodRules)
	write(t, bad, "*filter\n-A INPUT -j\nCOMMIT\n")
	for name, args := range map[string][]string{
		"backend":      {"-b", "nft,iptables", good},
		"ebpf script":  {"-b", "ebpf", "--candidate", good, good},
		"against":      {"--against", "hope", good},
		"seconds":      {"--seconds", "0", good},
		"no candidate": {"--candidate", filepath.Join(dir, "none"), good},
		"bad input":    {bad},
		"no file":      {filepath.Join(dir, "none")},
	} {
		code, stdout, stderr := run("", append([]string{"verify"}, args...)...)
		if code != exitUsage || stderr == "" {
			t.Errorf("%s: exit %d\n%s%s", name, code, stdout, stderr)
		}
	}
}

// TestVerifyUnusable holds that a machine that cannot do it is told so in one line.
func TestVerifyUnusable(t *testing.T) {
	if lab.CanSend() == nil {
		t.Skip("verify can run here")
	}
	code, _, stderr := run(goodRules, "verify", "-")
	if code != exitSystem || strings.Count(stderr, "\n") != 1 {
		t.Errorf("exit %d\n%s", code, stderr)
	}
}

// TestVerify holds the exit codes of a verification, and its JSON.
func TestVerify(t *testing.T) {
	lab.Require(t)
	dir := t.TempDir()
	wrong, broken := filepath.Join(dir, "wrong.nft"), filepath.Join(dir, "broken.nft")
	write(t, wrong, "table ip x {\n\tchain INPUT {\n\t\ttype filter hook input priority filter; policy drop;\n\t}\n}\n")
	write(t, broken, "table ip {\n")
	for _, c := range []struct {
		name string
		args []string
		code int
	}{
		{"same", nil, exitOK},
		{"ebpf", []string{"-b", "ebpf"}, exitOK},
		{"the model", []string{"--against", "model"}, exitOK},
		{"different", []string{"--candidate", wrong}, exitFindings},
		{"broken", []string{"--candidate", broken}, exitUsage},
	} {
		args := append([]string{"verify", "--json", "--seed", "1", "--seconds", "2", "-"}, c.args...)
		code, stdout, stderr := run(goodRules, args...)
		if code != c.code {
			t.Errorf("%s: exit %d, want %d\n%s%s", c.name, code, c.code, stdout, stderr)
		}
		var r verify.Report
		if err := json.Unmarshal([]byte(stdout), &r); code != exitUsage && (err != nil || r.Seed != 1 || len(r.Rules) != 1) {
			t.Errorf("%s: %v\n%s", c.name, err, stdout)
		}
	}
}
