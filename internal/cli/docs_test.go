package cli

import (
	"os"
	"path/filepath"
	"regexp"
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

// pages are the texts for people.
func pages(t *testing.T) []string {
	t.Helper()
	found, err := filepath.Glob("../../docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	return append(found, "../../README.md", "../../CHANGELOG.md")
}

var (
	links      = regexp.MustCompile(`\]\(([^)]+)\)`)
	headings   = regexp.MustCompile(`(?m)^#+ (.+)$`)
	notAnchor  = regexp.MustCompile(`[^a-z0-9 _-]`)
	makes      = regexp.MustCompile("`make ([a-z-]+)`")
	targetName = regexp.MustCompile(`(?m)^([a-z-]+):`)
)

// anchor is the name of a heading in links.
func anchor(heading string) string {
	return strings.ReplaceAll(notAnchor.ReplaceAllString(strings.ToLower(heading), ""), " ", "-")
}

// TestLinks holds that what the pages link to is there, and that make knows what they say.
func TestLinks(t *testing.T) {
	makefile, err := os.ReadFile("../../Makefile")
	if err != nil {
		t.Fatal(err)
	}
	targets := map[string]bool{}
	for _, m := range targetName.FindAllStringSubmatch(string(makefile), -1) {
		targets[m[1]] = true
	}
	for _, page := range pages(t) {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range makes.FindAllStringSubmatch(string(text), -1) {
			if !targets[m[1]] {
				t.Errorf("%s: there is no make %s", page, m[1])
			}
		}
		for _, m := range links.FindAllStringSubmatch(string(text), -1) {
			if !strings.Contains(m[1], "://") && !linked(t, page, m[1]) {
				t.Errorf("%s: there is no %s", page, m[1])
			}
		}
	}
}

// linked tells whether a link of a page leads somewhere.
func linked(t *testing.T, page, link string) bool {
	t.Helper()
	file, name, _ := strings.Cut(link, "#")
	if file != "" {
		page = filepath.Join(filepath.Dir(page), file)
	}
	text, err := os.ReadFile(page)
	if err != nil {
		return false
	}
	for _, h := range headings.FindAllStringSubmatch(string(text), -1) {
		if anchor(h[1]) == name {
			return true
		}
	}
	return name == ""
}
