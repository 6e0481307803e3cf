package cli

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/recentc/recentc/internal/display"
	"github.com/recentc/recentc/internal/lab"
)

// injected is a statement that no output may hold outside a string or a comment.
const injected = "flush ruleset"

// hostile are texts that mean something to a terminal, to nft, to Graphviz, to a shell or
// to a CI system.
var hostile = []string{
	"\x1b[31mred", "\x1b]0;title\x07", "a\rb", "a\bb", "\x7f", "\u009b2J", "\x9b2J", "\u202eabc", "\u2066abc\u2069", "a\u200bb", "\ufeff",
	"a\u2028b", "a\u2029b", "a\u0085b", "\xff\xfe", "a\xc3", "\v\f", "\x01",
	"\n::add-mask::x", "::error::x", "##[add-mask]x", "\n##[error]x", "%0A::error::x", "\r::error::x",
	"\n}\n" + injected + "\n", `"; ` + injected + `; "`, "# " + injected, "\\\"\n" + injected, `a\`, `"`, `'`, "$x", "$(id)", "`id`", "; " + injected, "{ }", "@x", "\t",
	`"];evil[label="x`, "&lt;", "--", "-x", "!", "x y", strings.Repeat("n", 300), "ü", "日本",
}

// maker makes texts and rules from a seed.
type hostileMaker struct{ *rand.Rand }

// text is one of the hostile texts or some in a row, often short enough for a name.
func (m hostileMaker) text() string {
	s := hostile[m.IntN(len(hostile))]
	for m.IntN(3) == 0 {
		s += hostile[m.IntN(len(hostile))]
	}
	if m.IntN(2) == 0 && len(s) > 14 {
		s = s[:14]
	}
	return s
}

// shellWord quotes for a script, saveWord for a save file.
func shellWord(s string) string {
	return "'" + strings.ReplaceAll(strings.ReplaceAll(s, "\x00", ""), "'", `'\''`) + "'"
}

func saveWord(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
}

// places are where a text of others stands in a rule. %[1]s is the text.
var places = []string{
	"-m comment --comment %[1]s -j DROP", "-m recent --set --name %[1]s -j DROP", "-m recent --update --seconds 60 --hitcount 4 --name %[1]s -j DROP",
	"-m recent --set --name %[1]s -m comment --comment %[1]s", "-j LOG --log-prefix %[1]s", "-j NFLOG --nflog-group 1 --nflog-prefix %[1]s",
	"-i %[1]s -j DROP", "-m helper --helper %[1]s -j DROP", "-m string --algo bm --string %[1]s -j DROP", "-m string --algo bm --from 0 --to 20 --string %[1]s -j DROP",
	"-m set --match-set %[1]s src -j DROP", "-j %[1]s", "-g %[1]s", "-s %[1]s", "-p %[1]s", "-p tcp --dport %[1]s", "-m %[1]s", "%[1]s", "--%[1]s x",
	"-m hashlimit --hashlimit-above 5/sec --hashlimit-mode srcip --hashlimit-name %[1]s -j DROP", "-m time --timestart %[1]s -j DROP",
	"-m conntrack --ctstate %[1]s -j DROP", "-m physdev --physdev-in %[1]s -j DROP", "-m limit --limit %[1]s", "-j CT --helper %[1]s", "-m policy --dir %[1]s",
}

// rule is a rule with a text somewhere, quoted by word.
func (m hostileMaker) rule(word func(string) string) string {
	return "-A INPUT " + fmt.Sprintf(places[m.IntN(len(places))], word(m.text()))
}

// save is a save file, script a shell script, sets a file of ipset.
func (m hostileMaker) save() string {
	chain := m.text()
	s := "# " + m.text() + "\n*filter\n:INPUT ACCEPT [0:0]\n:" + chain + " - [0:0]\n# recentc:ignore RC2002 " + m.text() + "\n"
	for range 1 + m.IntN(3) {
		s += m.rule(saveWord) + "\n"
	}
	return s + "-A INPUT -m recent --set --name L -j DROP\nCOMMIT\n"
}

func (m hostileMaker) script() string {
	s := "#!/bin/sh\nX=" + shellWord(m.text()) + "\niptables -N " + shellWord(m.text()) + "\nipset create " + shellWord(m.text()) + " hash:ip\niptables -A INPUT -m comment --comment \"$X\" -j DROP\n"
	for range 1 + m.IntN(3) {
		s += "iptables " + m.rule(shellWord) + "\n"
	}
	return s + "iptables -A INPUT -m recent --set --name L -j DROP\n"
}

func (m hostileMaker) sets() string {
	name := m.text()
	return "create " + name + " hash:ip comment\nadd " + name + " 192.0.2.1 comment " + saveWord(m.text()) + "\n"
}

// command is a line that each command and format gets.
var hostileCommands = [][]string{
	{"translate"}, {"translate", "--partial"}, {"translate", "--partial", "--json"}, {"translate", "--partial", "-b", "ebpf"}, {"translate", "--strict"},
	{"lint"}, {"lint", "--format", "json"}, {"lint", "--format", "sarif"}, {"lint", "--format", "github"},
	{"explain"}, {"explain", "--format", "json"}, {"explain", "--format", "dot"},
}

var workflowCommand = regexp.MustCompile(`(?m)^\s*::[^\n]*::|##\[`)

// shows checks one stream of one command.
func shows(t *testing.T, what, out string, github bool) {
	t.Helper()
	if bare := strings.NewReplacer("\n", "", "\t", "").Replace(out); !display.Visible(bare) {
		t.Errorf("%s shows what is not visible:\n%q", what, out)
	}
	if at := workflowCommand.FindString(out); at != "" && !github {
		t.Errorf("%s gives a workflow command: %q in\n%q", what, at, out)
	}
}

var githubLine = regexp.MustCompile(`^::(error|warning|notice) file=[^:,]*(,line=\d+,endLine=\d+(,col=\d+,endColumn=\d+)?)?,title=RC\d+::`)

// dotToken is a token of Graphviz as we write it; a string has its quotes and backslashes escaped.
var dotToken = regexp.MustCompile(`^(\s+|"(\\.|[^"\\])*"|->|[a-zA-Z0-9]+|[{}\[\]=;,])`)

// parses checks the form of what a command printed.
func parses(t *testing.T, what, format, out string) {
	t.Helper()
	switch format {
	case "json", "sarif":
		if !json.Valid([]byte(out)) && out != "" {
			t.Errorf("%s: no JSON:\n%s", what, out)
		}
	case "github":
		for line := range strings.Lines(out) {
			if !githubLine.MatchString(line) {
				t.Errorf("%s: a line that is none of ours: %q", what, line)
			}
		}
	case "dot":
		for rest := out; rest != ""; {
			token := dotToken.FindString(rest)
			if token == "" {
				t.Errorf("%s: no graph from here on: %q", what, rest)
				break
			}
			if token == "evil" {
				t.Errorf("%s: a name became a part of the graph:\n%s", what, out)
			}
			rest = rest[len(token):]
		}
	}
}

// nftCode is an nft script without its comments and strings, as nft reads them.
var nftCode = regexp.MustCompile(`#[^\n]*|"[^"]*"`)

// TestHostileText puts hostile text at every place that reaches an output and looks at
// every output of every command.
func TestHostileText(t *testing.T) {
	seed := rand.Uint64()
	if s := os.Getenv("RECENTC_HOSTILE_SEED"); s != "" {
		fmt.Sscan(s, &seed)
	}
	t.Logf("RECENTC_HOSTILE_SEED=%d", seed)
	m := hostileMaker{rand.New(rand.NewPCG(seed, 0))}
	var scripts []string
	for range 60 {
		dir := t.TempDir()
		name := filepath.Join(dir, strings.NewReplacer("/", "_", "\x00", "").Replace(m.text()))
		if len(filepath.Base(name)) > 200 {
			name = name[:len(dir)+200]
		}
		input := m.save()
		if m.IntN(2) == 0 {
			input = m.script()
		}
		if err := os.WriteFile(name, []byte(input), 0o600); err != nil {
			t.Fatal(err)
		}
		sets := filepath.Join(dir, "sets\x1b")
		write(t, sets, m.sets())
		for _, command := range hostileCommands {
			args := append([]string{}, command...)
			if m.IntN(3) == 0 {
				args = append(args, "--ipset-file", sets)
			}
			args = append(args, "--", name)
			_, out, errs := run("", args...)
			what := fmt.Sprintf("%q of %q", args, input)
			format := command[len(command)-1]
			if args[0] == "translate" && format != "ebpf" {
				shows(t, what, nftCode.ReplaceAllString(out, ""), false)
				if display.Visible(strings.NewReplacer("\n", "", "\t", "").Replace(out)) == false || strings.Contains(nftCode.ReplaceAllString(out, ""), injected) {
					t.Errorf("%s: %q", what, out)
				}
				scripts = append(scripts, out)
			} else {
				shows(t, what, out, format == "github")
			}
			shows(t, what+" (stderr)", errs, false)
			parses(t, what, format, out)
			if format == "--json" {
				parses(t, what, "json", errs)
			}
			if strings.Contains(errs, "panic") || t.Failed() {
				t.Fatalf("%s:\n%s%s", what, out, errs)
			}
		}
	}
	t.Run("nft", func(t *testing.T) { nftTakes(t, scripts) })
}

// nftTakes has nft read the scripts that hostile input became. Each must hold the rules
// that its comments name, in the table of ours and no other.
func nftTakes(t *testing.T, scripts []string) {
	lab.Require(t)
	tables := regexp.MustCompile(`(?m)^(table|delete table) (ip6?|inet|arp|bridge) recentc( \{( flags dormant; \})?)?$`)
	err := lab.WithNamespace(func(ns *lab.Namespace) error {
		for _, s := range scripts {
			if s == "" {
				continue
			}
			if _, err := ns.Run(s, "nft", "-c", "-f", "-"); err != nil {
				t.Errorf("%v:\n%s", err, s)
			}
			for line := range strings.Lines(nftCode.ReplaceAllString(s, "")) {
				if line = strings.TrimRight(line, "\n"); line != "" && line[0] != '\t' && line != "}" && !tables.MatchString(line) {
					t.Errorf("%q stands outside our table:\n%s", line, s)
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

// TestHostileArguments has hostile text on the command line and in settings.
func TestHostileArguments(t *testing.T) {
	dir := t.TempDir()
	rules := filepath.Join(dir, "x.rules")
	write(t, rules, "*filter\n:INPUT ACCEPT [0:0]\n-A INPUT -m recent --set --name L -j DROP\nCOMMIT\n")
	for _, s := range hostile {
		for _, args := range [][]string{
			{"translate", "--table", s, rules}, {"translate", "--family", s, rules}, {"translate", "--kernel", s, rules}, {"translate", "-b", s, rules},
			{"translate", "--color", s, rules}, {"translate", "--attach", s, "-b", "ebpf", rules}, {"translate", "--", dir + "/none" + s}, {"translate", "-o", dir + "/none/" + s, rules},
			{"translate", "--" + s, rules}, {"translate", "--script-args", s, rules}, {"translate", "--ip-list-tot", s, rules}, {"translate", "--ipset-file", dir + "/none" + s, rules},
			{"lint", "--format", s, rules}, {"lint", "--severity", s, rules}, {"lint", "--disable", s, rules}, {"lint", "--hz", s, rules}, {"lint", "--config", dir + "/none" + s, rules},
			{"explain", "--format", s, rules}, {s}, {"list", s}, {"list", "show", s}, {"completion", s}, {"verify", "--against", s, rules}, {"verify", "--candidate", dir + "/none" + s, rules},
			{"apply", "--attach", s, "-b", "ebpf", rules}, {"status", s}, {"remove", s},
		} {
			_, out, errs := run("", args...)
			shows(t, fmt.Sprintf("%q", args), nftCode.ReplaceAllString(out, "")+errs, false)
		}
		for name, text := range map[string]string{
			"toml": "disable = [" + tomlString(s) + "]\n", "1.toml": "kernel = " + tomlString(s) + "\n", "2.toml": tomlString(s) + " = 1\n", "3.toml": s + "\n", "yaml": s + "\n", "1.yaml": tomlString(s) + ": 1\n",
		} {
			config := filepath.Join(dir, "settings."+name)
			write(t, config, text)
			code, out, errs := run("", "lint", "--config", config, rules)
			shows(t, fmt.Sprintf("the settings %q", text), out+errs, false)
			if code == exitSystem {
				t.Errorf("the settings %q: exit %d: %s", text, code, errs)
			}
		}
	}
}

func tomlString(s string) string {
	b, _ := json.Marshal(s)
	return string(b)
}

// TestHostileLive loads rules with hostile names and looks at all that shows what is loaded.
func TestHostileLive(t *testing.T) {
	h := newProgramHost(t)
	m := hostileMaker{rand.New(rand.NewPCG(1, 0))}
	text := "*filter\n:INPUT ACCEPT [0:0]\n"
	for _, s := range hostile {
		comment := m.text()
		if strings.ContainsAny(s+comment, "\n\x00/") || len(s) > 20 || len(comment) > 200 {
			continue
		}
		text += "-A INPUT -m recent --set --name " + saveWord(s) + " -m comment --comment " + saveWord(comment) + "\n"
	}
	rules := h.file("rules\x1b.v4", text+"COMMIT\n")
	commands := [][]string{{"status"}, {"status", "--json"}, {"list"}, {"list", "--json"}, {"list", "show", "\x1b[31mred"}, {"list", "add", "\x1b[31mred", "192.0.2.1"}, {"list", "show", "no\x1b"}}
	for _, backend := range []string{"nft", "ebpf"} {
		for _, args := range [][]string{{"apply", "-b", backend, "--dry-run", rules}, {"apply", "-b", backend, rules}, {"apply", "-b", backend, "--dry-run", rules}} {
			code, out, errs := h.recentc("", args...)
			if code != 0 {
				t.Fatalf("%q: exit %d\n%s", args, code, errs)
			}
			shows(t, fmt.Sprintf("%q", args), nftCode.ReplaceAllString(out, "")+errs, false)
		}
		for _, args := range commands {
			_, out, errs := h.recentc("", args...)
			shows(t, fmt.Sprintf("%s: %q", backend, args), out+errs, false)
			if args[len(args)-1] == "--json" {
				parses(t, args[0], "json", out)
			}
		}
		h.recentc("", "remove")
	}
}
