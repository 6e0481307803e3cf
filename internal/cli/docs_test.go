package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestLiveDocs runs every command that docs/live.md shows, one after the other on one
// host, and holds that it prints what is shown there.
func TestLiveDocs(t *testing.T) {
	h := newHost(t)
	rules, err := os.ReadFile("../../examples/ssh.rules")
	if err != nil {
		t.Fatal(err)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	sessions := consoleSessions(t, "../../docs/live.md")
	for _, dir := range []string{"bin", "examples"} {
		if err := os.Mkdir(filepath.Join(h.dir, dir), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink(self, filepath.Join(h.dir, "bin", "recentc")); err != nil {
		t.Fatal(err)
	}
	h.file("examples/ssh.rules", string(rules))
	h.run(string(rules), "iptables-legacy-restore", "-w", "30")
	h.stamp("SSH", "192.0.2.7", "192.0.2.7", "192.0.2.8")
	for _, s := range sessions {
		script := "cd " + h.dir + "; export PATH=" + h.dir + "/bin:$PATH; { " + s.command + "; } 2>err || echo exit $?; cat err"
		out := h.run("\n", "sh", "-c", script)
		if missing, ok := shown(s.lines, strings.Split(strings.TrimSuffix(out, "\n"), "\n")); !ok || strings.Contains(out, "exit ") {
			t.Errorf("$ %s\nprints, without %q where docs/live.md shows it:\n%s", s.command, missing, out)
		}
	}
	if len(sessions) < 10 {
		t.Errorf("only %d commands", len(sessions))
	}
}
