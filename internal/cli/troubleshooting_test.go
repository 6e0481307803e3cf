package cli

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/recentc/recentc/internal/diag"
	"github.com/recentc/recentc/lint"
)

const troubles = "../../docs/troubleshooting.md"

// TestTroubleshooting runs the commands of each section of docs/troubleshooting.md on a
// host of its own, where examples/ssh.rules are loaded and 192.0.2.9 is over the limit.
func TestTroubleshooting(t *testing.T) {
	text, err := os.ReadFile(troubles)
	if err != nil {
		t.Fatal(err)
	}
	rules, err := os.ReadFile("../../examples/ssh.rules")
	if err != nil {
		t.Fatal(err)
	}
	for _, section := range strings.Split(string(text), "\n## ")[1:] {
		title, body, _ := strings.Cut(section, "\n")
		if !strings.Contains(body, "```console") {
			continue
		}
		t.Run(title, func(t *testing.T) {
			t.Parallel()
			h := newHost(t)
			if err := os.Mkdir(filepath.Join(h.dir, "examples"), 0o755); err != nil {
				t.Fatal(err)
			}
			h.must("", "apply", h.file("examples/ssh.rules", string(rules)))
			h.must("", "list", "add", "SSH", "192.0.2.9", "192.0.2.9", "192.0.2.9", "192.0.2.9")
			for _, s := range consoleSessions(t, h.file("section.md", body)) {
				out, ok := h.shell(s.command)
				want := strings.Split(steady(strings.Join(s.lines, "\n")), "\n")
				if missing, as := shown(want, strings.Split(steady(strings.TrimSuffix(out, "\n")), "\n")); !ok || !as {
					t.Errorf("$ %s\nprints, without %q where the page shows it:\n%s", s.command, missing, out)
				}
			}
		})
	}
}

// steady leaves out of a text what varies from run to run: times, and the width of columns
// that hold them.
func steady(text string) string {
	return blanks.ReplaceAllString(times.ReplaceAllString(text, "TIME"), " ")
}

var (
	times  = regexp.MustCompile(`\b[0-9.]+m?s\b`)
	blanks = regexp.MustCompile(` +`)
)

// TestTroubleshootingIsOfThisProgram holds that each code, message, command and option that
// the page names is one of recentc's.
func TestTroubleshootingIsOfThisProgram(t *testing.T) {
	text, err := os.ReadFile(troubles)
	if err != nil {
		t.Fatal(err)
	}
	codes := map[string]bool{}
	for _, e := range diag.Catalog() {
		codes[string(e.Code)] = true
	}
	for _, c := range lint.Checks() {
		codes[string(c.Code)] = true
	}
	for _, code := range regexp.MustCompile(`RC\d{4}`).FindAllString(string(text), -1) {
		if !codes[code] {
			t.Errorf("there is no %s", code)
		}
	}
	known := commandWords()
	for _, span := range regexp.MustCompile("`([^`\n]+)`").FindAllStringSubmatch(string(text), -1) {
		words := strings.Fields(span[1])
		if words[0] == "recentc" && len(words) > 1 && !known[words[1]] {
			t.Errorf("there is no %s", span[1])
		}
		if option, ok := strings.CutPrefix(words[0], "--"); ok && !known[option] && !iptablesOptions[option] {
			t.Errorf("there is no --%s", option)
		}
	}
	said := sources(t)
	for _, row := range regexp.MustCompile("(?m)^\\| `([^`]+)`").FindAllStringSubmatch(string(text), -1) {
		if codes[row[1]] || strings.HasPrefix(row[1], "Could not process rule") { // the latter is nft's
			continue
		}
		for _, part := range strings.Split(row[1], " ... ") {
			if !strings.Contains(said, part) {
				t.Errorf("nothing says %q", part)
			}
		}
	}
}

// iptablesOptions are those of -m recent of which the page speaks.
var iptablesOptions = map[string]bool{"set": true, "rcheck": true, "update": true, "remove": true, "seconds": true, "hitcount": true}

// commandWords are the names of recentc's commands and options.
func commandWords() map[string]bool {
	words := map[string]bool{}
	for _, command := range (&Command{}).app().Commands {
		words[command.Name] = true
		for _, flag := range command.Flags {
			for _, name := range flag.Names() {
				words[name] = true
			}
		}
	}
	return words
}

// sources are the texts of the packages that speak to whoever migrates.
func sources(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	for _, pattern := range []string{"*.go", "../live/*.go"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			text, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			if !strings.HasSuffix(f, "_test.go") {
				b.Write(text)
			}
		}
	}
	return regexp.MustCompile(`%[a-z]`).ReplaceAllString(b.String(), "...")
}
