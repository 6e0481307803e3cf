package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/recentc/recentc/compile"
	"github.com/recentc/recentc/grammar"
	"github.com/recentc/recentc/internal/lab"
	"github.com/recentc/recentc/ipset"
)

// scriptDir holds scripts that use what real ones use.
const scriptDir = "testdata/scripts"

// scriptCorpus are the scripts beside the folder of rule files that corpusEnv names.
func scriptCorpus(t *testing.T) (files []string) {
	t.Helper()
	if dir := os.Getenv(corpusEnv); dir != "" {
		all, err := filepath.Glob(filepath.Join(filepath.Dir(filepath.Clean(dir)), "scripts", "*"))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range all {
			if filepath.Ext(f) != ".tsv" {
				files = append(files, f)
			}
		}
	}
	return files
}

// TestScriptsAgainstShell runs each script with a real shell in a namespace, with
// legacy iptables and ipset, and compares the translation of the script with that of
// what iptables-save and ipset save show afterwards, and all sets. A script of the corpus that is not translated
// must have an error with its line.
func TestScriptsAgainstShell(t *testing.T) {
	lab.RequireIPSet(t)
	own, err := filepath.Glob(filepath.Join(scriptDir, "*"))
	if err != nil || len(own) < 5 {
		t.Fatalf("%d scripts: %v", len(own), err)
	}
	for _, file := range append(own, scriptCorpus(t)...) {
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			code, script, stderr := run("", "translate", file)
			if code != exitOK {
				if slices.Contains(own, file) {
					t.Fatalf("exit %d: %s", code, stderr)
				}
				checkRefused(t, code, script, stderr)
				return
			}
			compareWithShell(t, file, script)
		})
	}
}

var errorWithLine = regexp.MustCompile(`(?m)^\S+:\d+:\d+: error\[RC\d+\]: `)

func checkRefused(t *testing.T, code int, script, stderr string) {
	t.Helper()
	if code != exitUsage || script != "" || !errorWithLine.MatchString(stderr) || !strings.Contains(stderr, "  why: ") || !strings.Contains(stderr, "  fix: ") {
		t.Errorf("exit %d with %d bytes of output, or no error with a line, a reason and a remedy:\n%s", code, len(script), stderr)
	}
	t.Log(firstError(stderr))
}

// compareWithShell compares the translation with that of the rules that the
// shell loads.
func compareWithShell(t *testing.T, file, script string) {
	t.Helper()
	v4, v6, sets := runWithShell(t, file)
	compareSets(t, file, sets)
	dir := t.TempDir()
	saved := filepath.Join(dir, "saved.ipset")
	if err := os.WriteFile(saved, []byte(sets), 0o600); err != nil {
		t.Fatal(err)
	}
	args := []string{"translate", "--ipset-file", saved}
	for _, family := range []struct{ table, name, rules string }{{"table ip recentc", "rules.v4", v4}, {"table ip6 recentc", "rules.v6", v6}} {
		name := filepath.Join(dir, family.name)
		if err := os.WriteFile(name, []byte(family.rules), 0o600); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(script, family.table+" {") {
			args = append(args, name)
		} else if strings.Contains(family.rules, "\n-A ") {
			t.Errorf("the script loads rules that are not translated:\n%s", family.rules)
		}
	}
	code, loaded, stderr := run("", args...)
	if code != exitOK {
		t.Fatalf("what the script loads is not translated: exit %d\n%s", code, stderr)
	}
	if diff := cmp.Diff(blocks(loaded), blocks(script)); diff != "" {
		t.Errorf("the script's translation differs from that of what it loads (-loaded +script):\n%s", diff)
	}
}

// compareSets compares the sets that the script leaves with those of the kernel.
func compareSets(t *testing.T, file, saved string) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	trial := compile.NewTrial(nil, compile.Options{})
	grammar.Parse(file, string(text), grammar.Options{Firewall: trial})
	sets, _, _, _ := trial.Sets()
	kernel := ipset.Collection{}
	if l := kernel.ParseFile("saved", saved); len(l) > 0 {
		t.Fatalf("%v\n%s", l, saved)
	}
	if diff := cmp.Diff(describeSets(kernel), describeSets(sets)); diff != "" {
		t.Errorf("the script's sets differ from the kernel's (-kernel +script):\n%s", diff)
	}
}

// describeSets lists what sets are and hold. The time that is left of an entry is not
// compared, only that it ends.
func describeSets(sets ipset.Collection) map[string][]string {
	out := map[string][]string{}
	for name, s := range sets {
		lines := []string{fmt.Sprint(" ", s.Type.Name, s.Family, s.Mask, s.MarkMask, s.Timeout, s.Timed, s.Counters, s.SkbInfo, s.Comments,
			s.ForceAdd, s.MaxElem, s.First, s.Last, s.FirstPort, s.LastPort)}
		for _, e := range s.Entries {
			lines = append(lines, fmt.Sprintf("%+v nomatch %v ends %v %d %d %q %x %x %x %d", e.Key, e.NoMatch, e.Timeout > 0, e.Packets, e.Bytes,
				e.Comment, e.SkbMark, e.SkbMask, e.SkbPrio, e.SkbQueue))
		}
		if !s.Type.List {
			slices.Sort(lines)
		}
		out[name] = lines
	}
	return out
}

// emptyChain is a built-in chain that does nothing. A saved file names all of a
// table, a script what it needs.
var emptyChain = regexp.MustCompile(`^\S+ \S+ \S+ \{\n\tchain \S+ \{\n\t\ttype .*; policy accept;\n\t\}\n$`)

var timeLeft = regexp.MustCompile(`timeout [0-9a-z]+`)

// blocks cuts a translation into its chains, sets and the like, without comments
// and in an order that does not depend on when a chain was made.
func blocks(text string) (out []string) {
	family, block := "", ""
	var elements []string
	for _, line := range strings.Split(text, "\n") {
		switch {
		case strings.HasPrefix(line, "\t\t\t"): // the kernel lists them in no order
			elements = append(elements, strings.Split(timeLeft.ReplaceAllString(strings.Trim(line, "\t,"), "timeout"), ", ")...)
		case line == "\t\t}":
			slices.Sort(elements)
			block, elements = block+strings.Join(elements, "\n")+"\n", nil
		case strings.HasPrefix(line, "table "):
			family = line + "\n"
		case !strings.HasPrefix(line, "\t") || strings.HasPrefix(line, "\tcomment ") || strings.HasPrefix(strings.TrimSpace(line), "#"):
		default:
			block += line + "\n"
		}
		if line == "\t}" {
			if !emptyChain.MatchString(family + block) {
				out = append(out, family+block)
			}
			block = ""
		}
	}
	slices.Sort(out)
	return out
}

// shellSetup makes legacy iptables the iptables of every path, and the rest of
// the machine read-only, in a mount namespace of its own.
const shellSetup = `set -e
mount --make-rprivate /
mount --bind "$(readlink -f /usr/sbin/iptables-legacy)" "$(readlink -f /usr/sbin/iptables-nft)"
mount -t tmpfs none /run
for m in /proc/sys / /tmp; do
	mount --bind "$m" "$m"
	mount -o remount,bind,ro "$m"
done
`

// stubs are what the scripts may call and must not have.
var stubs = []string{"modprobe", "sysctl", "sleep", "clear", "conntrack", "logger"}

// runWithShell runs a script as the shell that it names and returns the rules of
// both families and the sets afterwards.
func runWithShell(t *testing.T, file string) (v4, v6, sets string) {
	t.Helper()
	if _, err := os.Stat("/usr/sbin/iptables-nft"); err != nil {
		t.Skip("no iptables-nft whose place legacy iptables could take")
	}
	script, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	shell := "bash"
	if strings.HasPrefix(string(script), "#!/bin/sh") {
		shell = "sh"
	}
	bin := t.TempDir()
	stub := map[string]string{"sudo": "exec \"$@\""}
	for _, name := range stubs {
		stub[name] = "exit 0"
	}
	for name, text := range stub {
		if err := os.WriteFile(filepath.Join(bin, name), []byte("#!/bin/sh\n"+text+"\n"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	command := shellSetup + "set +e\nPATH=" + bin + ":/usr/sbin:/usr/bin:/sbin:/bin\n" + shell + " -s <<'RECENTC_END'\n" + string(script) + "\nRECENTC_END\ntrue\n"
	err = lab.WithNamespace(func(ns *lab.Namespace) error {
		if out, err := ns.Run(command, "unshare", "--mount", "bash", "-s"); err != nil {
			t.Logf("%s", out)
			return err
		}
		if v4, err = ns.Run("", "iptables-legacy-save"); err != nil {
			return err
		}
		if v6, err = ns.Run("", "ip6tables-legacy-save"); err != nil {
			return err
		}
		sets, err = ns.Run("", "ipset", "save")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return v4, v6, sets
}
