package cli

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestLiveDocs runs every command that docs/live.md shows, and TestEBPFDocs those of
// docs/ebpf.md, one after the other on one host, and holds that it prints what is shown there.
func TestLiveDocs(t *testing.T) { newHost(t).runPage("live.md", 10) }

func TestEBPFDocs(t *testing.T) { newProgramHost(t).runPage("ebpf.md", 7) }

// runPage runs the commands of a page, of which there are so many at least.
func (h *host) runPage(page string, least int) {
	h.Helper()
	rules, err := os.ReadFile("../../examples/ssh.rules")
	if err != nil {
		h.Fatal(err)
	}
	self, err := os.Executable()
	if err != nil {
		h.Fatal(err)
	}
	sessions := consoleSessions(h.T, "../../docs/"+page)
	for _, dir := range []string{"bin", "examples"} {
		if err := os.Mkdir(filepath.Join(h.dir, dir), 0o755); err != nil {
			h.Fatal(err)
		}
	}
	if err := os.Symlink(self, filepath.Join(h.dir, "bin", "recentc")); err != nil {
		h.Fatal(err)
	}
	h.file("examples/ssh.rules", string(rules))
	h.run(string(rules), "iptables-legacy-restore", "-w", "30")
	h.stamp("SSH", "192.0.2.7", "192.0.2.7", "192.0.2.8")
	for _, s := range sessions {
		script := "cd " + h.dir + "; export PATH=" + h.dir + "/bin:$PATH; { " + s.command + "; } 2>err || echo exit $?; cat err"
		shell := slices.Concat(h.enter, []string{"sh", "-c", script})
		out := h.run("\n", shell[0], shell[1:]...)
		if missing, ok := shown(s.lines, strings.Split(strings.TrimSuffix(out, "\n"), "\n")); !ok || strings.Contains(out, "exit ") {
			h.Errorf("$ %s\nprints, without %q where docs/%s shows it:\n%s", s.command, missing, page, out)
		}
	}
	if len(sessions) < least {
		h.Errorf("only %d commands", len(sessions))
	}
}
