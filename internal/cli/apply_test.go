package cli

import (
	"errors"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const applyRules = `*filter
:INPUT ACCEPT [0:0]
-A INPUT -i lo -j ACCEPT
-A INPUT -p tcp --dport 22 -m recent --set --name SSH
-A INPUT -p tcp --dport 22 -m recent --update --seconds 60 --hitcount 4 --name SSH -j DROP
-A INPUT -p udp --dport 53 -j ACCEPT
COMMIT
`

// TestApplyTouchesNothingElse holds that load, re-load and removal leave all that is
// not recentc's as it was, and that nothing of recentc's stays.
func TestApplyTouchesNothingElse(t *testing.T) {
	h := newHost(t)
	h.run(foreignLegacy, "iptables-legacy-restore", "-w", "30")
	h.run(foreignNFT, "nft", "-f", "-")
	h.stamp("SSH", "192.0.2.1", "192.0.2.1")
	before := h.others()
	rules := h.file("rules.v4", applyRules)
	for _, step := range [][]string{
		{"apply", "--dry-run", rules}, {"apply", rules}, {"apply", "--import-lists", rules}, {"apply", "--strict", rules},
		{"list", "add", "SSH", "192.0.2.9"}, {"status"}, {"list"}, {"list", "flush", "SSH"}, {"remove"},
	} {
		h.must("", step...)
		if diff := cmp.Diff(before, h.others()); diff != "" {
			t.Fatalf("recentc %s changed what is not its own:\n%s", strings.Join(step, " "), diff)
		}
	}
	if left := h.run("", "nft", "list", "tables"); strings.Contains(left, "recentc") {
		t.Errorf("left behind: %s", left)
	}
	if left, err := os.ReadDir(os.Getenv("RUNTIME_DIRECTORY")); err == nil {
		t.Errorf("left behind: %v", left)
	}
	if out := h.must("", "remove"); !strings.Contains(out, "nothing") {
		t.Error(out)
	}
}

// TestApplyKeepsLists holds that a list that means the same keeps what it holds, and
// that one that means something else does not.
func TestApplyKeepsLists(t *testing.T) {
	h := newHost(t)
	rules := h.file("rules.v4", applyRules)
	h.must("", "apply", rules)
	h.must("", "list", "add", "SSH", "192.0.2.1", "192.0.2.1", "192.0.2.2")
	shown := func() string {
		var names []string
		for _, line := range strings.Split(h.must("", "list", "show", "SSH"), "\n") {
			if f := strings.Fields(line); len(f) > 5 && f[0] != "ADDRESS" {
				names = append(names, f[0]+" "+f[3])
			}
		}
		return strings.Join(names, ", ")
	}
	const want = "192.0.2.1 2, 192.0.2.2 1"
	if got := shown(); got != want {
		t.Fatalf("%q, want %q", got, want)
	}
	more := h.file("more.v4", strings.Replace(applyRules, "-A INPUT -p udp", "-A INPUT -p tcp --dport 25 -m recent --rcheck --seconds 9 --name MAIL -j DROP\n-A INPUT -p udp", 1))
	if out := h.must("", "apply", more); !strings.Contains(out, "kept, with what they hold: list ip SSH") {
		t.Error(out)
	}
	if got := shown(); got != want {
		t.Errorf("other rules: %q, want %q", got, want)
	}
	longer := h.file("longer.v4", strings.Replace(applyRules, "--seconds 60", "--seconds 90", 1))
	if out := h.must("", "apply", longer); !strings.Contains(out, "begin empty: list ip SSH") {
		t.Error(out)
	}
	if got := shown(); got != "" {
		t.Errorf("another window has %q", got)
	}
	if sets := h.run("", "nft", "list", "sets"); strings.Contains(sets, "60s") || strings.Contains(sets, "MAIL") {
		t.Errorf("old sets are left: %s", sets)
	}
}

// TestApplyRefuses holds that what must not be loaded is not.
func TestApplyRefuses(t *testing.T) {
	h := newHost(t)
	good := h.file("good.v4", applyRules)
	partial := h.file("partial.v4", strings.Replace(applyRules, "-A INPUT -p udp", "-A INPUT -m nosuchmatch -j DROP\n-A INPUT -p udp", 1))
	h.run("table ip theirs { chain c { counter; }; }\n", "nft", "-f", "-")
	for _, c := range []struct {
		name string
		args []string
		code int
		says string
	}{
		{"a rule that cannot be expressed", []string{"apply", partial}, exitUsage, "nosuchmatch"},
		{"partial is no option", []string{"apply", "--partial", good}, exitUsage, "partial"},
		{"a table of another's", []string{"apply", "--table", "theirs", good}, exitUsage, "recentc did not make"},
		{"a dry run on it", []string{"apply", "--dry-run", "--table", "theirs", good}, exitUsage, "recentc did not make"},
		{"removal of it", []string{"remove", "--table", "theirs"}, exitUsage, "not made by recentc"},
		{"another backend", []string{"apply", "-b", "iptables", good}, exitUsage, "nft or ebpf"},
		{"confirm without a time", []string{"apply", "--confirm", "soon", good}, exitUsage, "confirm"},
		{"too short a time", []string{"apply", "--confirm", "1ms", good}, exitUsage, "confirm"},
		{"a file that nft refuses", []string{"apply", h.file("bad.v4", "*nat\n-A PREROUTING -p tcp --dport 1 -j DNAT --to-destination 192.0.2.1\nCOMMIT\n*filter\n-A INPUT -j\nCOMMIT\n")}, exitUsage, "error"},
		{"no list", []string{"list", "show", "SSH"}, exitUsage, "no list SSH"},
		{"files for remove", []string{"remove", good}, exitUsage, "no file"},
		{"files for status", []string{"status", good}, exitUsage, "no file"},
	} {
		code, stdout, stderr := h.recentc("", c.args...)
		if code != c.code || !strings.Contains(stderr, c.says) || stdout != "" {
			t.Errorf("%s: exit %d, want %d\n%s%s", c.name, code, c.code, stdout, stderr)
		}
	}
	if tables := h.run("", "nft", "list", "tables"); tables != "table ip theirs\n" {
		t.Errorf("tables: %s", tables)
	}
}

// TestWithoutRoot holds that what needs root says so in one sentence, with code 3.
func TestWithoutRoot(t *testing.T) {
	h := newHost(t)
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	program, err := os.ReadFile(self)
	if err != nil {
		t.Fatal(err)
	}
	dir, err := os.MkdirTemp("", "recentc") // t.TempDir is for root alone
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	if err := errors.Join(os.Chmod(dir, 0o755), os.WriteFile(dir+"/recentc", program, 0o755), os.WriteFile(dir+"/rules", []byte(applyRules), 0o644)); err != nil {
		t.Fatal(err)
	}
	for _, args := range []string{"apply rules", "apply --dry-run rules", "apply --confirm 9s rules", "apply -b ebpf rules", "status", "status -b ebpf", "remove", "list", "list show L", "list add L 192.0.2.1"} {
		cmd := exec.Command(dir+"/recentc", strings.Fields(args)...)
		cmd.Dir = dir
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
		var out []byte
		h.do(func() error { out, _ = cmd.CombinedOutput(); return nil })
		if code := cmd.ProcessState.ExitCode(); code != exitSystem || strings.Count(string(out), "\n") != 1 || !strings.Contains(string(out), "needs root") {
			t.Errorf("recentc %s: exit %d\n%s", args, code, out)
		}
	}
}

// TestDryRun holds that a dry run shows what goes and what comes, in colour where
// that is wanted, and loads nothing.
func TestDryRun(t *testing.T) {
	h := newHost(t)
	rules := h.file("rules.v4", applyRules)
	h.must("", "apply", rules)
	if out := h.must("", "apply", "--dry-run", rules); !strings.Contains(out, "nothing would change") {
		t.Error(out)
	}
	before := h.run("", "nft", "-a", "list", "ruleset")
	other := h.file("other.v4", strings.Replace(applyRules, "--dport 53", "--dport 123", 1))
	out := h.must("", "apply", "--dry-run", other)
	if !strings.Contains(out, "\n-\t\tudp dport 53 counter accept\n+\t\tudp dport 123 counter accept\n") || strings.Count(out, "\n") > 12 {
		t.Error(out)
	}
	if out := h.must("", "apply", "--dry-run", "--color", "always", other); !strings.Contains(out, "\033[31m-\t\tudp dport 53 counter accept\033[0m\n") {
		t.Errorf("%q", out)
	}
	if diff := cmp.Diff(before, h.run("", "nft", "-a", "list", "ruleset")); diff != "" {
		t.Error(diff)
	}
}

// TestStatus holds that status tells each rule's text and what it counted, also of a
// rule that is spread over several chains.
func TestStatus(t *testing.T) {
	h := newHost(t)
	h.must("", "apply", h.file("rules.v4", strings.Replace(applyRules, "-A INPUT -i lo -j ACCEPT\n", "", 1)))
	h.must("", "list", "add", "SSH", "127.0.0.1", "127.0.0.1", "127.0.0.1", "127.0.0.1")
	h.do(func() error { return sendSYN("127.0.0.1:22") })
	out := h.must("", "status")
	for _, want := range []string{
		"table ip recentc\n",
		"1 60  rules.v4:3 -A INPUT -p tcp --dport 22 -m recent --set --name SSH\n",
		"1 60  rules.v4:4 -A INPUT -p tcp --dport 22 -m recent --update --seconds 60 --hitcount 4 --name SSH -j DROP\n",
		"0  0  rules.v4:5 -A INPUT -p udp --dport 53 -j ACCEPT\n",
		"SSH   ip      1          131072",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
	if strings.Contains(out, "SSH_60s") {
		t.Errorf("chains that are nobody's rules are shown:\n%s", out)
	}
	if out := h.must("", "status", "--json"); !strings.Contains(out, `"place": "rules.v4:4"`) || !strings.Contains(out, `"packets": 1`) {
		t.Error(out)
	}
	// A table that came by another way is shown as nft lists it.
	_, script, _ := run(applyRules, "translate", "-")
	h.run(script, "nft", "-f", "-")
	if out := h.must("", "status"); !strings.Contains(out, "udp dport 53 counter packets 0 bytes 0 accept") {
		t.Error(out)
	}
}
