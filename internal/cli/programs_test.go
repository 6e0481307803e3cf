package cli

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/recentc/recentc/internal/live"
)

// newProgramHost is a host with a BPF file system that nobody else sees, and that goes
// with all that is pinned in it when the test ends, however it ends.
func newProgramHost(t *testing.T) *host {
	t.Helper()
	h := newHost(t)
	h.ownBPF()
	return h
}

// ownBPF gives the host its BPF file system.
func (h *host) ownBPF() {
	h.Helper()
	holder := exec.Command("unshare", "-m", "sh", "-c", "mount -t bpf bpf /sys/fs/bpf && echo ready && exec cat")
	stdin, err := holder.StdinPipe()
	if err != nil {
		h.Fatal(err)
	}
	stdout, err := holder.StdoutPipe()
	if err != nil {
		h.Fatal(err)
	}
	holder.Stderr = os.Stderr
	if err := holder.Start(); err != nil {
		h.Fatal(err)
	}
	h.Cleanup(func() {
		stdin.Close()
		holder.Wait()
	})
	if line, err := bufio.NewReader(stdout).ReadString('\n'); err != nil || line != "ready\n" {
		h.Fatalf("no BPF file system: %q %v", line, err)
	}
	h.enter = []string{"nsenter", "-m", "-t", fmt.Sprint(holder.Process.Pid), "--"}
}

// inside runs a program that sees the host's BPF file system.
func (h *host) inside(command ...string) string {
	h.Helper()
	return h.run("", h.enter[0], append(slices.Clone(h.enter[1:]), command...)...)
}

// pins are all files in the host's BPF file system.
func (h *host) pins() string {
	h.Helper()
	return h.inside("find", "/sys/fs/bpf", "-mindepth", "1", "!", "-name", "*.debug")
}

const programRules = `*filter
:INPUT ACCEPT [0:0]
-A INPUT -p tcp --dport 22 -m recent --set --name SSH
-A INPUT -p tcp --dport 22 -m recent --update --seconds 60 --hitcount 4 --name SSH -j DROP
-A INPUT -p udp -m state --state NEW -j ACCEPT
COMMIT
`

// TestProgramsTouchNothingElse holds that load, re-load and removal of BPF programs leave
// all that is not recentc's as it was, and that nothing of recentc's stays.
func TestProgramsTouchNothingElse(t *testing.T) {
	h := newProgramHost(t)
	h.run(foreignLegacy, "iptables-legacy-restore", "-w", "30")
	h.run(foreignNFT, "nft", "-f", "-")
	h.stamp("SSH", "192.0.2.1", "192.0.2.1")
	// What others have pinned, by the name of our folder's neighbour.
	h.inside("mkdir", "/sys/fs/bpf/theirs")
	before, pins := h.others(), h.pins()
	rules := h.file("rules.v4", programRules)
	stateless := h.file("stateless.v4", strings.Replace(programRules, "-m state --state NEW ", "", 1))
	for _, step := range []struct {
		args     []string
		tracking bool
	}{
		{[]string{"apply", "-b", "ebpf", "--dry-run", rules}, false},
		{[]string{"apply", "-b", "ebpf", rules}, true},
		{[]string{"apply", "-b", "ebpf", "--import-lists", rules}, true},
		{[]string{"apply", "-b", "ebpf", stateless}, false},
		{[]string{"apply", "-b", "ebpf", "--dry-run", rules}, false},
		{[]string{"apply", "-b", "ebpf", "--strict", rules}, true},
		{[]string{"list", "add", "SSH", "192.0.2.9"}, true},
		{[]string{"status"}, true}, {[]string{"list"}, true}, {[]string{"list", "flush", "SSH"}, true},
		{[]string{"apply", "-b", "ebpf", "--attach", "xdp:lo", stateless}, false},
		{[]string{"apply", "-b", "ebpf", "--attach", "tc:lo", stateless}, false},
		{[]string{"remove"}, false},
	} {
		h.must("", step.args...)
		others := h.others()
		const table = "table inet recentc_conntrack"
		if strings.Contains(others, table) != step.tracking {
			t.Errorf("recentc %s: connections are tracked by us: %v", strings.Join(step.args, " "), !step.tracking)
		}
		if !step.tracking {
			if diff := cmp.Diff(before, others); diff != "" {
				t.Fatalf("recentc %s changed what is not its own:\n%s", strings.Join(step.args, " "), diff)
			}
		}
	}
	if diff := cmp.Diff(pins, h.pins()); diff != "" {
		t.Errorf("left behind: %s", diff)
	}
	if out := h.must("", "remove"); !strings.Contains(out, "nothing") {
		t.Error(out)
	}
}

// TestProgramsStatus holds what status and list show of BPF programs.
func TestProgramsStatus(t *testing.T) {
	h := newProgramHost(t)
	rules := h.file("rules.v4", programRules)
	if out := h.must("", "apply", "-b", "ebpf", rules); out != "loaded: BPF programs at ip filter input\n" {
		t.Error(out)
	}
	h.sendSYN("127.0.0.1:22")
	h.sendSYN("127.0.0.1:22")
	out := h.must("", "status")
	for _, want := range []string{
		"v4_filter_input  (ip hook input priority 0; policy accept)", "chain ip filter INPUT",
		`2 120  rules.v4:3 -A INPUT -p tcp --dport 22 -m recent --set --name SSH`, `0   0  rules.v4:5 `,
		"SSH   ip      1          100   0     -     4 in 60s  ebpf",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
	var s live.Status
	if err := json.Unmarshal([]byte(h.must("", "status", "--json")), &s); err != nil || s.Programs == nil || s.Programs.Chains[0].Rules[0].Packets != 2 || !s.Programs.Programs[0].Attached {
		t.Errorf("%v %+v", err, s)
	}
	// Behind somebody else's back.
	h.run("", "nft", "flush", "ruleset")
	if out := h.must("", "status"); !strings.Contains(out, "recentc_conntrack, by which they are tracked, is gone") {
		t.Error(out)
	}
	if out := h.must("", "apply", "-b", "ebpf", rules); !strings.Contains(out, "kept, with what they hold: list SSH") {
		t.Error(out)
	}
	if out := h.must("", "status"); strings.Contains(out, "is gone") || !strings.Contains(out, "SSH   ip      1 ") {
		t.Error(out)
	}
	// Both backends have the list now.
	h.must("", "apply", rules)
	h.must("", "list", "-b", "nft", "add", "SSH", "192.0.2.1", "192.0.2.2")
	if code, _, stderr := h.recentc("", "list", "show", "SSH"); code != exitUsage || !strings.Contains(stderr, "-b nft or -b ebpf") {
		t.Errorf("exit %d: %s", code, stderr)
	}
	if nft, ebpf := h.must("", "list", "show", "-b", "nft", "SSH"), h.must("", "list", "show", "-b", "ebpf", "SSH"); !strings.Contains(nft, "192.0.2.2") || !strings.Contains(ebpf, "127.0.0.1  64") {
		t.Errorf("%s\n%s", nft, ebpf)
	}
	if out := h.must("", "list"); !strings.Contains(out, "nft\nSSH") && !strings.Contains(out, "ebpf\nSSH") {
		t.Error(out)
	}
	if out := h.must("", "remove", "-b", "nft"); out != "removed: table ip recentc\n" {
		t.Error(out)
	}
	// Lists that are kept approximately can be read and changed too.
	h.must("", "apply", "-b", "ebpf", "--lru", "approx", rules)
	h.must("", "list", "add", "SSH", "192.0.2.1", "192.0.2.1", "192.0.2.2")
	h.must("", "list", "del", "SSH", "192.0.2.2")
	if got, want := h.inPrograms("SSH"), []string{"127.0.0.1 ttl 64, 2 stamps", "192.0.2.1 ttl 0, 2 stamps"}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	h.must("", "list", "flush", "SSH")
	if got := h.inPrograms("SSH"); len(got) > 0 {
		t.Error(got)
	}
	if out := h.must("", "remove", "-b", "ebpf"); out != "removed: BPF programs\n" {
		t.Error(out)
	}
}

// TestProgramsDiff holds what a dry run shows, and that it loads nothing.
func TestProgramsDiff(t *testing.T) {
	h := newProgramHost(t)
	rules := h.file("rules.v4", programRules)
	if out := h.must("", "apply", "-b", "ebpf", "--dry-run", rules); strings.Count(out, "\n+") != 4 || !strings.Contains(out, "+program v4_filter_input at netfilter, ip input, priority 0, policy accept") {
		t.Error(out)
	}
	if h.pins() != "" {
		t.Error(h.pins())
	}
	h.must("", "apply", "-b", "ebpf", rules)
	if out := h.must("", "apply", "-b", "ebpf", "--dry-run", rules); !strings.Contains(out, "nothing would change") {
		t.Error(out)
	}
	out := h.must("", "apply", "-b", "ebpf", "--dry-run", h.file("other.v4", strings.Replace(programRules, "--seconds 60", "--seconds 70", 1)))
	if want := "-ip filter: -A INPUT -p tcp --dport 22 -m recent --update --seconds 60"; !strings.Contains(out, want) || strings.Count(out, "\n+") != 1 {
		t.Errorf("no %q in\n%s", want, out)
	}
}

// TestProgramsRefuse holds how it ends what cannot be done.
func TestProgramsRefuse(t *testing.T) {
	h := newProgramHost(t)
	good := h.file("good.v4", otherPrograms)
	for _, c := range []struct {
		name string
		args []string
		code int
		says string
	}{
		{"a rule that eBPF does not have", []string{"apply", "-b", "ebpf", h.file("reject.v4", strings.Replace(programRules, "ACCEPT\n", "REJECT\n", 1))}, exitUsage, "REJECT"},
		{"partial is no option", []string{"apply", "-b", "ebpf", "--partial", good}, exitUsage, "partial"},
		{"nothing to do", []string{"apply", "-b", "ebpf", h.file("none.v4", "*filter\n:INPUT ACCEPT [0:0]\nCOMMIT\n")}, exitUsage, "no BPF program to load"},
		{"no such device", []string{"apply", "-b", "ebpf", "--attach", "xdp:eth99", good}, exitUsage, `no device "eth99"`},
		{"no device named", []string{"apply", "-b", "ebpf", "--attach", "xdp", good}, exitUsage, "xdp:DEVICE"},
		{"no such place", []string{"apply", "-b", "ebpf", "--attach", "tc:lo:up", good}, exitUsage, "tc:DEVICE:egress"},
		{"a chain of another hook", []string{"apply", "-b", "ebpf", "--attach", "tc:lo:egress", good}, exitUsage, "RC1402"},
		{"an option of tables", []string{"apply", "-b", "ebpf", "--table", "x", good}, exitUsage, "nft backend"},
		{"an option of programs", []string{"apply", "--attach", "xdp:lo", good}, exitUsage, "-b ebpf"},
		{"an unknown backend", []string{"status", "-b", "iptables"}, exitUsage, "nft or ebpf"},
		{"a list without programs", []string{"list", "-b", "ebpf", "show", "SSH"}, exitUsage, "no BPF programs"},
	} {
		code, stdout, stderr := h.recentc("", c.args...)
		if code != c.code || !strings.Contains(stderr, c.says) || stdout != "" {
			t.Errorf("%s: exit %d\n%s%s", c.name, code, stdout, stderr)
		}
	}
	if h.pins() != "" {
		t.Error(h.pins())
	}
	h.must("", "apply", "-b", "ebpf", good)
	for _, bad := range [][]string{{"add", "SSH", "192.0.2.5", "192.0.2.256"}, {"add", "OTHER", "192.0.2.5"}, {"flush", "OTHER"}, {"del", "SSH", "10.0.0.0/8"}} {
		if code, stdout, stderr := h.recentc("", append([]string{"list", "-b", "ebpf"}, bad...)...); code != exitUsage || stdout != "" || stderr == "" {
			t.Errorf("list %s: exit %d, %s%s", strings.Join(bad, " "), code, stdout, stderr)
		}
	}
	// What the kernel lacks is one sentence.
	h.inside("mount", "-t", "tmpfs", "none", "/sys/kernel/btf")
	if code, _, stderr := h.recentc("", "apply", "-b", "ebpf", good); code != exitSystem || !strings.Contains(stderr, "CONFIG_DEBUG_INFO_BTF") || strings.Contains(stderr, "\n") {
		t.Errorf("exit %d: %s", code, stderr)
	}
	h.inside("umount", "/sys/kernel/btf")
	// Without the file system there is one sentence, and nothing is loaded.
	h.inside("umount", "-l", "/sys/fs/bpf")
	h.inside("mount", "-t", "tmpfs", "none", "/sys/fs/bpf")
	if code, _, stderr := h.recentc("", "apply", "-b", "ebpf", good); code != exitSystem || !strings.Contains(stderr, "mount -t bpf bpf /sys/fs/bpf") {
		t.Errorf("exit %d: %s", code, stderr)
	}
}
