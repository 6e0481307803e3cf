package cli

import (
	"os"
	"strings"
	"testing"
)

// session is a command that README.md shows, with what it shows of its output.
type session struct {
	command string
	lines   []string
}

// consoleSessions reads the blocks of a page that are marked "console".
func consoleSessions(t *testing.T, page string) (out []session) {
	t.Helper()
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	in := false
	for _, line := range strings.Split(string(text), "\n") {
		switch {
		case line == "```console":
			in = true
		case strings.HasPrefix(line, "```"):
			in = false
		case in && strings.HasPrefix(line, "$ "):
			out = append(out, session{command: line[2:]})
		case in:
			last := &out[len(out)-1]
			last.lines = append(last.lines, line)
		}
	}
	return out
}

// TestReadme runs every recentc command that README.md shows with output, and
// holds that the output has the lines shown, in their order; "..." stands for any.
func TestReadme(t *testing.T) {
	sessions := consoleSessions(t, "../../README.md")
	t.Chdir("../..")
	ran := 0
	for _, s := range sessions {
		args := strings.Fields(s.command)
		if args[0] != "recentc" || len(s.lines) == 0 {
			continue
		}
		ran++
		_, stdout, stderr := run("", args[1:]...)
		if missing, ok := shown(s.lines, strings.Split(stdout+stderr, "\n")); !ok {
			t.Errorf("$ %s\ndoes not print, where README.md shows it:\n%s", s.command, missing)
		}
	}
	if ran < 2 {
		t.Errorf("README.md shows %d commands with output", ran)
	}
}

// shown tells whether the lines stand in the output one after the other, but for
// what "..." leaves out, and returns the first that does not.
func shown(want, got []string) (missing string, ok bool) {
	at, gap := 0, false
	for _, line := range want {
		if line == "..." {
			gap = true
			continue
		}
		for gap && at < len(got) && got[at] != line {
			at++
		}
		if at >= len(got) || got[at] != line {
			return line, false
		}
		at, gap = at+1, false
	}
	return "", true
}

// TestQuickStart holds that the quick start is exactly two commands.
func TestQuickStart(t *testing.T) {
	text, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, after, _ := strings.Cut(string(text), "## Quick start")
	_, block, _ := strings.Cut(after, "```\n")
	block, _, _ = strings.Cut(block, "```")
	if commands := strings.Split(strings.TrimSpace(block), "\n"); len(commands) != 2 {
		t.Errorf("the quick start has %d commands: %q", len(commands), commands)
	}
}
