package cli

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"
)

// readYAML reads a file of the repository.
func readYAML(t *testing.T, name string, into any) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("../..", name))
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.Unmarshal(text, into); err != nil {
		t.Fatal(err)
	}
}

// ciFolder is a folder with rules that have a finding, and a recentc in PATH.
func ciFolder(t *testing.T) (dir string, env []string) {
	t.Helper()
	dir = t.TempDir()
	write(t, filepath.Join(dir, "rules.v4"), findingRules)
	write(t, filepath.Join(dir, "clean.v4"), cleanRules)
	bin := t.TempDir()
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	build := exec.Command("go", "build", "-o", filepath.Join(bin, "recentc"), "./cmd/recentc")
	build.Dir = root
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return dir, append(os.Environ(), "PATH="+bin+":"+os.Getenv("PATH"), "ACTION_PATH="+root)
}

// bash runs a script as the CI systems do, and returns what it prints.
func bash(t *testing.T, dir, script string, env []string) (out string, ok bool) {
	t.Helper()
	c := exec.Command("bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script)
	c.Dir, c.Env = dir, env
	text, err := c.Output()
	return string(text), err == nil
}

// TestAction runs the steps of the GitHub action that are scripts.
func TestAction(t *testing.T) {
	var action struct {
		Inputs map[string]struct{ Default string }
		Runs   struct {
			Using string
			Steps []struct {
				Run, Shell, Uses string
				Env              map[string]string
			}
		}
	}
	readYAML(t, "action.yml", &action)
	last := action.Runs.Steps[len(action.Runs.Steps)-1]
	if action.Runs.Using != "composite" || last.Shell != "bash" {
		t.Fatalf("%+v", action.Runs)
	}
	for name, value := range last.Env {
		if input, isInput := strings.CutPrefix(value, "${{ inputs."); isInput {
			if _, known := action.Inputs[strings.TrimSuffix(input, " }}")]; !known {
				t.Errorf("%s: there is no input %s", name, value)
			}
		}
	}
	dir, env := ciFolder(t)
	env = append(env, "SEVERITY="+action.Inputs["severity"].Default)
	out, ok := bash(t, dir, last.Run, append(env, "FILES=rules.v4 clean.v4", "SARIF=out.sarif"))
	if ok || !strings.HasPrefix(out, "::warning file=rules.v4,line=2,") {
		t.Errorf("with findings: ok %v\n%s", ok, out)
	}
	if text, err := os.ReadFile(filepath.Join(dir, "out.sarif")); err != nil || !strings.Contains(string(text), "RC2027") {
		t.Errorf("%v %s", err, text)
	}
	if out, ok := bash(t, dir, last.Run, append(env, "FILES=clean*", "SARIF=")); !ok || out != "" {
		t.Errorf("without findings: ok %v\n%s", ok, out)
	}
}

// TestGitLab runs the job's script, but for the installation.
func TestGitLab(t *testing.T) {
	var jobs map[string]struct {
		Script    []string
		Variables map[string]string
	}
	readYAML(t, "contrib/gitlab-ci.yml", &jobs)
	script := jobs["recentc-lint"].Script
	if len(script) != 3 || !strings.HasPrefix(script[0], "go install ") {
		t.Fatal(script)
	}
	dir, env := ciFolder(t)
	out, ok := bash(t, dir, strings.Join(script[1:], "\n"), append(env, "RULES=rules.v4"))
	if ok || !strings.Contains(out, "warning[RC2027]") {
		t.Errorf("with findings: ok %v\n%s", ok, out)
	}
	if _, err := os.Stat(filepath.Join(dir, "recentc.sarif")); err != nil {
		t.Error(err)
	}
	if out, ok := bash(t, dir, strings.Join(script[1:], "\n"), append(env, "RULES=clean.v4")); !ok {
		t.Error(out)
	}
}

// TestPreCommit holds which files the hook looks at, and runs its command.
func TestPreCommit(t *testing.T) {
	var hooks []struct{ ID, Entry, Language, Files string }
	readYAML(t, ".pre-commit-hooks.yaml", &hooks)
	files := regexp.MustCompile(hooks[0].Files)
	for name, want := range map[string]bool{
		"rules.v4": true, "etc/iptables/rules.v6": true, "iptables.rules": true, "ip6tables.up.rules": true, "a/b.iptables": true,
		"rules.v4.bak": false, "my-rules.v4x": false, "README.md": false,
	} {
		if files.MatchString(name) != want {
			t.Errorf("%s is looked at: %v", name, !want)
		}
	}
	dir, env := ciFolder(t)
	if out, ok := bash(t, dir, hooks[0].Entry+" rules.v4", env); ok || !strings.Contains(out, "RC2027") {
		t.Errorf("ok %v\n%s", ok, out)
	}
}

// TestProblemMatcher holds that the matcher finds the parts of every finding.
func TestProblemMatcher(t *testing.T) {
	text, err := os.ReadFile("../../contrib/problem-matcher.json")
	if err != nil {
		t.Fatal(err)
	}
	var m struct {
		ProblemMatcher []struct {
			Pattern []struct {
				Regexp                                      string
				File, Line, Column, Severity, Code, Message int
			}
		}
	}
	if err := json.Unmarshal(text, &m); err != nil {
		t.Fatal(err)
	}
	p := m.ProblemMatcher[0].Pattern[0]
	pattern := regexp.MustCompile(p.Regexp)
	_, out, _ := run(findingRules, "lint", "--config", "none", "-")
	var got [][]string
	for _, line := range strings.Split(out, "\n") {
		if f := pattern.FindStringSubmatch(line); f != nil {
			got = append(got, []string{f[p.File], f[p.Line], f[p.Column], f[p.Severity], f[p.Code]})
		}
	}
	want := [][]string{{"<stdin>", "2", "36", "warning", "RC2027"}, {"<stdin>", "4", "44", "warning", "RC2045"}, {"<stdin>", "4", "44", "note", "RC2046"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff, out)
	}
}
