package cli

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"
	"github.com/recentc/recentc/lint"
	"github.com/xeipuuv/gojsonschema"
)

// The rules of these tests: one with a warning and a note, one without a finding,
// one that iptables refuses.
const (
	findingRules = "*filter\n-A INPUT -p tcp -m recent --rcheck --seconds 4294968 --name bad -j ACCEPT\n-A INPUT -p udp -m recent --set --name bad -j DROP\n-A FORWARD -m recent --rcheck --seconds 60 --reap --name bad -j ACCEPT\nCOMMIT\n"
	cleanRules   = "*filter\n:INPUT DROP [0:0]\n-A INPUT -p tcp --dport 22 -j ACCEPT\nCOMMIT\n"
	brokenRules  = "*filter\n-A INPUT -m recent --check --name bad -j DROP\nCOMMIT\n"
)

// TestLintExitCodes holds the exit codes, and that --severity filters the output
// and the exit code alike.
func TestLintExitCodes(t *testing.T) {
	for _, c := range []struct {
		name, text string
		args       []string
		code       int
		want       []string
		not        string
	}{
		{"clean", cleanRules, nil, exitOK, nil, "["},
		{"findings", findingRules, nil, exitFindings, []string{"warning[RC2027]", "note[RC2046]"}, ""},
		{"warnings only", findingRules, []string{"--severity", "warning"}, exitFindings, []string{"warning[RC2027]"}, "note["},
		{"errors only", findingRules, []string{"--severity=error"}, exitOK, nil, "["},
		{"disabled", findingRules, []string{"--disable", "rc2027,RC2046,RC2045"}, exitOK, nil, "["},
		{"another clock", findingRules, []string{"--hz", "100,250", "--severity", "warning"}, exitFindings, []string{"RC2045"}, "RC2027"},
		{"broken", brokenRules, nil, exitUsage, []string{"error[RC1101]"}, ""},
		{"broken, errors only", brokenRules, []string{"--severity", "error"}, exitUsage, []string{"error[RC1101]"}, ""},
		{"broken cannot be disabled", brokenRules, []string{"--disable", "RC1101"}, exitUsage, []string{"error[RC1101]"}, ""},
		{"not translated", "*filter\n-A INPUT -m string --algo bm --string x -j DROP\nCOMMIT\n", nil, exitFindings, []string{"error[RC1109]"}, ""},
		{"empty", "# nothing\n", nil, exitUsage, []string{"error[RC1018]"}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			code, stdout, stderr := run(c.text, append(append([]string{"lint", "--config", "none"}, c.args...), "-")...)
			if code != c.code {
				t.Errorf("exit %d, want %d\n%s%s", code, c.code, stdout, stderr)
			}
			for _, w := range c.want {
				if !strings.Contains(stdout, w) {
					t.Errorf("no %s in\n%s", w, stdout)
				}
			}
			if c.not != "" && strings.Contains(stdout, c.not) {
				t.Errorf("%s in\n%s", c.not, stdout)
			}
		})
	}
}

// TestLintUsage holds that a wrong command line or settings file is said, with
// exit code 2, and that nothing is linted then.
func TestLintUsage(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"key.toml": "disabel = []\n", "code.toml": "disable = [\"RC9999\"]\n", "level.yaml": "severity: loud\n", "key.yaml": "hertz: 3\n",
		"hz.toml": "hz = [0]\n", "kernel.yaml": "kernel: new\n", "syntax.toml": "disable = [\n", "type.toml": "hz = \"fast\"\n",
	} {
		write(t, filepath.Join(dir, name), text)
	}
	for _, args := range [][]string{
		{"--format", "xml"}, {"--severity", "loud"}, {"--disable", "RC9"}, {"--hz", "fast"}, {"--hz", "0"}, {"--kernel", "x"}, {"--family", "x"},
		{"--config", filepath.Join(dir, "none.toml")}, {"--config", filepath.Join(dir, "key.toml")}, {"--config", filepath.Join(dir, "code.toml")},
		{"--config", filepath.Join(dir, "level.yaml")}, {"--config", filepath.Join(dir, "key.yaml")}, {"--config", filepath.Join(dir, "hz.toml")},
		{"--config", filepath.Join(dir, "kernel.yaml")}, {"--config", filepath.Join(dir, "syntax.toml")}, {"--config", filepath.Join(dir, "type.toml")},
		{filepath.Join(dir, "no-such-file")}, {"--fix"}, {"--fix", "-"}, {"--ipset-file", filepath.Join(dir, "no-such-file")},
	} {
		code, stdout, stderr := run(findingRules, append([]string{"lint"}, args...)...)
		if code != exitUsage || stdout != "" || stderr == "" {
			t.Errorf("lint %q: exit %d\n%s%s", args, code, stdout, stderr)
		}
	}
}

// TestLintSettings holds that a settings file is found above the input, that the
// nearest one counts, and that the command line goes before it.
func TestLintSettings(t *testing.T) {
	dir := t.TempDir()
	deep := filepath.Join(dir, "a", "b")
	if err := os.MkdirAll(deep, 0o755); err != nil {
		t.Fatal(err)
	}
	rules := filepath.Join(deep, "x.rules")
	write(t, rules, findingRules)
	codes := func(args ...string) string {
		_, stdout, stderr := run("", append([]string{"lint", "--json", rules}, args...)...)
		var out []struct{ Code string }
		if err := json.Unmarshal([]byte(stdout), &out); err != nil {
			t.Fatal(err, stdout, stderr)
		}
		s := ""
		for _, o := range out {
			s += o.Code + " "
		}
		return s
	}
	steps := []struct{ file, text, want string }{
		{"", "", "RC2027 RC2045 RC2046 "},
		{"../../.recentc.toml", "disable = [\"RC2045\"]\nseverity = \"note\"\n", "RC2027 RC2046 "},
		{"../.recentc.yaml", "severity: warning\nhz: [250]\n", "RC2045 "},
		{".recentc.toml", "hz = [1000]\nip-list-tot = 5000\nkernel = \"6.12\"\n", "RC2027 RC2045 RC2046 "},
	}
	for _, s := range steps {
		if s.file != "" {
			write(t, filepath.Join(deep, s.file), s.text)
		}
		if got := codes(); got != s.want {
			t.Errorf("with %s: %s, want %s", s.file, got, s.want)
		}
	}
	if got := codes("--hz", "250"); got != "RC2045 RC2046 " {
		t.Errorf("with --hz: %s", got)
	}
	if got := codes("--config", "none", "--severity", "warning"); got != "RC2027 RC2045 " {
		t.Errorf("without: %s", got)
	}
}

// TestLintFamilies holds that rules.v4 and rules.v6 of one folder are looked at
// together, and other files by themselves.
func TestLintFamilies(t *testing.T) {
	dir := t.TempDir()
	four, six, other := filepath.Join(dir, "rules.v4"), filepath.Join(dir, "rules.v6"), filepath.Join(dir, "other.v6")
	const text = "*filter\n-A INPUT -p tcp --dport 22 -m recent --rcheck --name bad --mask MASK -j ACCEPT\n-A INPUT -p udp -m recent --set --name bad --mask MASK -j DROP\nCOMMIT\n"
	write(t, four, strings.ReplaceAll(text, "MASK", "255.255.255.255"))
	for _, f := range []string{six, other} {
		write(t, f, strings.ReplaceAll(text, "MASK", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"))
	}
	if _, out, _ := run("", "lint", "--config", "none", six, four); !strings.Contains(out, "warning[RC2006]") {
		t.Error(out)
	}
	if _, out, _ := run("", "lint", "--config", "none", four, other); strings.Contains(out, "RC2006") {
		t.Error(out)
	}
}

// TestLintColor holds that colours are only where they are asked for, or where
// somebody looks.
func TestLintColor(t *testing.T) {
	for when, want := range map[string]bool{"always": true, "auto": false, "never": false} {
		if _, out, _ := run(findingRules, "lint", "--config", "none", "--color", when, "-"); strings.Contains(out, "\x1b[") != want {
			t.Errorf("--color %s: %q", when, out)
		}
	}
}

// TestLintSameBytes holds that the order of the findings does not depend on which
// file was finished first.
func TestLintSameBytes(t *testing.T) {
	dir := t.TempDir()
	args := []string{"lint", "--config", "none"}
	for _, name := range strings.Split("abcdefghijklmnop", "") {
		write(t, filepath.Join(dir, name+".rules"), findingRules)
		args = append(args, filepath.Join(dir, name+".rules"))
	}
	_, want, _ := run("", args...)
	for range 10 {
		if _, got, _ := run("", args...); got != want {
			t.Fatal(cmp.Diff(want, got))
		}
	}
}

// TestLintFix holds the changes that --fix makes, that they are the smallest, and
// that a second run finds nothing to change.
func TestLintFix(t *testing.T) {
	for _, c := range []struct{ name, before, after string }{
		{"order", "-A INPUT -p tcp -m recent --set --name ssh --dport 22 -j ACCEPT", "-A INPUT -p tcp --dport 22 -m recent --set --name ssh -j ACCEPT"},
		{"order, two matches", "-A INPUT -p tcp -m recent --update --seconds 60 --name a -m recent --set --name a  --dport 22 -m comment --comment \"a  b\" -j ACCEPT",
			"-A INPUT -p tcp  --dport 22 -m comment --comment \"a  b\" -m recent --update --seconds 60 --name a -m recent --set --name a -j ACCEPT"},
		{"negated", "-A INPUT -m recent ! --update --name a -p tcp --dport 22 -j DROP", "-A INPUT -p tcp --dport 22 -m recent ! --update --name a -j DROP"},
		{"no change where options are mixed", "-A INPUT -p tcp -m recent --set --dport 22 --name ssh -j ACCEPT", "-A INPUT -p tcp -m recent --set --dport 22 --name ssh -j ACCEPT"},
		{"no change where the target stands in front", "-A INPUT -p tcp -j ACCEPT -m recent --set --name ssh --dport 22", "-A INPUT -p tcp -j ACCEPT -m recent --set --name ssh --dport 22"},
		{"no target", "-A INPUT -p tcp -m recent --set --name ssh --dport 22", "-A INPUT -p tcp --dport 22 -m recent --set --name ssh"},
		{"no change where a limit stands behind", "-A INPUT -p tcp -m recent --set --name ssh -m limit --limit 1/s --dport 22 -j ACCEPT", "-A INPUT -p tcp -m recent --set --name ssh -m limit --limit 1/s --dport 22 -j ACCEPT"},
		{"check", "-A INPUT -m recent --check --seconds 60 --name a -j DROP", "-A INPUT -m recent --rcheck --seconds 60 --name a -j DROP"},
		{"nothing", "-A INPUT -p tcp --dport 22 -m recent --set --name ssh -j ACCEPT", "-A INPUT -p tcp --dport 22 -m recent --set --name ssh -j ACCEPT"},
	} {
		t.Run(c.name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "x.rules")
			table := func(rule string) string {
				return "# keep this\r\n*filter\n" + rule + "\n\n-A INPUT   -j  ACCEPT\nCOMMIT\n"
			}
			write(t, file, table(c.before))
			if err := os.Chmod(file, 0o600); err != nil {
				t.Fatal(err)
			}
			for range 2 {
				run("", "lint", "--fix", "--config", "none", file)
				got, err := os.ReadFile(file)
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(table(c.after), string(got)); diff != "" {
					t.Error(diff)
				}
			}
			if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
				t.Errorf("permissions changed: %v %v", info.Mode(), err)
			}
			if left, _ := filepath.Glob(file + "?*"); len(left) > 0 {
				t.Errorf("left behind: %v", left)
			}
		})
	}
}

// sarifSchema is the standard's JSON schema. The library carries it, as a constant
// that it does not export: it validates only what it has written itself.
func sarifSchema(t *testing.T) string {
	t.Helper()
	dir, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/owenrumney/go-sarif/v3").Output()
	if err != nil {
		t.Fatal(err)
	}
	file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(strings.TrimSpace(string(dir)), "pkg/report/v210/sarif/schema.go"), nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	schema := ""
	ast.Inspect(file, func(n ast.Node) bool {
		if lit, ok := n.(*ast.BasicLit); ok && len(lit.Value) > len(schema) {
			schema = lit.Value
		}
		return true
	})
	text, err := strconv.Unquote(schema)
	if err != nil || !strings.Contains(text, "partialFingerprints") {
		t.Fatalf("no schema in the library: %v", err)
	}
	return text
}

// sarifOf runs lint on a file and checks its SARIF against the standard's schema.
func sarifOf(t *testing.T, schema, file string) *sarif.Run {
	t.Helper()
	_, stdout, stderr := run("", "lint", "--config", "none", "--format", "sarif", file)
	report, err := sarif.FromBytes([]byte(stdout))
	if err != nil {
		t.Fatalf("%v\n%s%s", err, stdout, stderr)
	}
	result, err := gojsonschema.Validate(gojsonschema.NewStringLoader(schema), gojsonschema.NewStringLoader(stdout))
	if err != nil {
		t.Fatal(err)
	}
	for _, wrong := range result.Errors() {
		t.Error(wrong)
	}
	if !strings.Contains(stdout, `"results": [`) || len(report.Runs) != 1 {
		t.Fatal(stdout)
	}
	return report.Runs[0]
}

// TestSARIF holds that the output is SARIF 2.1.0: all rules, relative and escaped
// URIs, fingerprints that stay when lines are added, suppressions, and [] where
// nothing is found.
func TestSARIF(t *testing.T) {
	schema := sarifSchema(t)
	t.Chdir(t.TempDir())
	if err := os.MkdirAll("über 50%", 0o755); err != nil {
		t.Fatal(err)
	}
	file := "über 50%/a#b.rules"
	const ignored = "*filter\n# recentc:ignore RC2001 filled by a script\n-A INPUT -m recent --rcheck --name é -j ACCEPT\nCOMMIT\n"
	write(t, file, strings.Replace(ignored, "COMMIT\n", strings.TrimPrefix(findingRules, "*filter\n"), 1))
	first := sarifOf(t, schema, file)
	if n := len(first.Tool.Driver.Rules); n < len(lint.Checks())+40 {
		t.Errorf("the driver has %d rules", n)
	}
	uri := *first.Results[0].Locations[0].PhysicalLocation.ArtifactLocation.URI
	if uri != "%C3%BCber%2050%25/a%23b.rules" {
		t.Error(uri)
	}
	for _, r := range first.Results {
		if id := *first.Tool.Driver.Rules[r.RuleIndex].ID; id != *r.RuleID {
			t.Errorf("rule %d is %s, not %s", r.RuleIndex, id, *r.RuleID)
		}
	}
	if last := first.Results[len(first.Results)-1]; *last.RuleID != "RC2001" || len(last.Suppressions) != 1 || *last.Suppressions[0].Justification != "filled by a script" {
		t.Errorf("no suppression: %+v", last)
	}
	text, _ := os.ReadFile(file)
	write(t, file, "# a line more\n\n"+string(text))
	second := sarifOf(t, schema, file)
	for i, r := range first.Results {
		if diff := cmp.Diff(r.PartialFingerprints, second.Results[i].PartialFingerprints); diff != "" {
			t.Error(diff)
		}
	}
	write(t, file, cleanRules)
	if clean := sarifOf(t, schema, file); clean.Results == nil || len(clean.Results) != 0 {
		t.Errorf("%+v", clean.Results)
	}
	write(t, file, brokenRules)
	sarifOf(t, schema, file)
}

// TestGitHub holds the form of the annotations and their escapes.
func TestGitHub(t *testing.T) {
	t.Chdir(t.TempDir())
	write(t, "a,b:c%.rules", findingRules)
	_, got, _ := run("", "lint", "--config", "none", "--format", "github", "--severity", "warning", "a,b:c%.rules")
	want := "::warning file=a%2Cb%3Ac%25.rules,line=2,endLine=2,col=36,endColumn=53,title=RC2027::--seconds 4294968 does not last so long%0A" +
		"The kernel computes it in 32 bits; it acts as a window of 0.7 s where HZ is 1000.%0AWrite at most 4294967, or leave --seconds out to look back for ever.\n"
	if line, _, _ := strings.Cut(got, "\n"); line+"\n" != want {
		t.Error(cmp.Diff(want, line+"\n"))
	}
}

// TestLintExplain holds that explain knows every check, and --list-rules lists it.
func TestLintExplain(t *testing.T) {
	_, listed, _ := run("", "lint", "--list-rules")
	for _, c := range lint.Checks() {
		if code, out, _ := run("", "explain", strings.ToLower(string(c.Code))); code != exitOK || !strings.Contains(out, c.Title) {
			t.Errorf("explain %s: exit %d\n%s", c.Code, code, out)
		}
		if !strings.Contains(listed, string(c.Code)+"  "+c.Severity.String()) {
			t.Errorf("--list-rules lacks %s", c.Code)
		}
	}
}

// FuzzLint holds that no input makes lint panic or write a file that it was not
// asked to, and that an error has exit code 2 or is one of a rule.
func FuzzLint(f *testing.F) {
	for _, text := range []string{findingRules, cleanRules, brokenRules, goodRules, "iptables -N X\niptables -A INPUT -j X\niptables -A X -m recent --set -m recent ! --rcheck --mask 3 --reap --seconds 4294967295\n"} {
		f.Add(text)
	}
	for _, c := range lint.Checks() {
		f.Add(c.Before)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, format := range []string{"text", "sarif"} {
			code, stdout, stderr := run(text, "lint", "--config", "none", "--format", format, "-")
			if code == exitSystem || code != exitOK && stdout == "" && stderr == "" {
				t.Fatalf("%q: exit %d: %s", text, code, stderr)
			}
		}
	})
}
