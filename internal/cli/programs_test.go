package cli

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/netip"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/recentc/recentc/internal/lab"
	"github.com/recentc/recentc/internal/live"
	"github.com/recentc/recentc/internal/xtrecent"
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

// programFirewall is what is loaded of BPF programs: all but counters.
func (h *host) programFirewall() string {
	h.Helper()
	out := h.must("", "status", "-b", "ebpf")
	return regexp.MustCompile(`(?m)^ +\d+ +\d+ |priority -?\d+`).ReplaceAllString(out, "")
}

// otherPrograms is a firewall unlike programRules, without connections.
var otherPrograms = strings.NewReplacer("--seconds 60", "--seconds 70", "-m state --state NEW ", "").Replace(programRules)

// TestProgramsConfirm holds that without Enter what stood before is restored, its lists
// as they were, however recentc ends.
func TestProgramsConfirm(t *testing.T) {
	for _, c := range []struct {
		name    string
		confirm string
		answer  func(*started)
		code    int
		kept    bool
	}{
		{"Enter", "30s", func(s *started) { io.WriteString(s.stdin, "\n") }, exitOK, true},
		{"silence", "1s", func(*started) {}, exitFindings, false},
		{"Ctrl-C", "30s", func(s *started) { s.cmd.Process.Signal(os.Interrupt) }, exitFindings, false},
		{"hangup", "30s", func(s *started) { s.cmd.Process.Signal(syscall.SIGHUP) }, exitFindings, false},
		{"kill -9", "30s", func(s *started) { s.cmd.Process.Kill() }, -1, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			h := newProgramHost(t)
			h.must("", "apply", "-b", "ebpf", h.file("rules.v4", programRules))
			h.must("", "list", "add", "SSH", "192.0.2.1", "192.0.2.1", "192.0.2.2")
			old := h.programFirewall()
			s := h.start("apply", "-b", "ebpf", "--confirm", c.confirm, h.file("new.v4", otherPrograms))
			s.waitFor("Press Enter")
			h.must("", "list", "add", "SSH", "192.0.2.3")
			now := h.programFirewall()
			if now == old || !strings.Contains(now, "70s") || !strings.Contains(now, "SSH   ip      3 ") {
				t.Errorf("the new firewall is not loaded, or its list is not kept:\n%s", now)
			}
			if code, _, stderr := h.recentc("", "remove"); code != exitSystem || !strings.Contains(stderr, "waits to be confirmed") {
				t.Errorf("another recentc: exit %d, %s", code, stderr)
			}
			c.answer(s)
			if code := s.wait(); code != c.code {
				t.Errorf("exit %d, want %d", code, c.code)
			}
			h.settle()
			if want := map[bool]string{true: now, false: old}[c.kept]; h.programFirewall() != want {
				t.Errorf("not what should stand:\n%s", cmp.Diff(want, h.programFirewall()))
			}
			if tables := h.run("", "nft", "list", "tables"); strings.Contains(tables, "recentc_conntrack") == c.kept {
				t.Errorf("tables: %s", tables)
			}
			h.sendSYN("127.0.0.1:22")
			if out := h.must("", "list", "show", "SSH"); !strings.Contains(out, "127.0.0.1  64   ") {
				t.Errorf("what stands records nothing:\n%s", out)
			}
			h.must("", "remove")
			if pins := h.pins(); pins != "" {
				t.Errorf("left behind: %s", pins)
			}
		})
	}
}

// TestProgramsConfirmFirst holds that where nothing stood before, nothing stands after a kill.
func TestProgramsConfirmFirst(t *testing.T) {
	h := newProgramHost(t)
	s := h.start("apply", "-b", "ebpf", "--confirm", "30s", h.file("rules.v4", programRules))
	s.waitFor("Press Enter")
	s.cmd.Process.Kill()
	s.wait()
	h.settle()
	if left := h.pins() + h.run("", "nft", "list", "tables"); left != "" {
		t.Errorf("left behind: %s", left)
	}
}

// TestProgramsKilledAnywhere kills recentc at random moments of an apply: the host has the
// whole old or the whole new programs.
func TestProgramsKilledAnywhere(t *testing.T) {
	h := newProgramHost(t)
	rules, other := h.file("rules.v4", programRules), h.file("new.v4", otherPrograms)
	h.must("", "apply", "-b", "ebpf", other)
	now := h.programFirewall()
	began := time.Now()
	h.must("", "apply", "-b", "ebpf", rules)
	took := time.Since(began)
	old := h.programFirewall()
	links := strings.Count(h.pins(), "/links/")
	ended := map[string]int{}
	for range 12 {
		s := h.start("apply", "-b", "ebpf", other)
		time.Sleep(rand.N(took * 3 / 2))
		s.cmd.Process.Kill()
		s.wait()
		h.settle()
		switch got := h.programFirewall(); got {
		case old:
			ended["old"]++
		case now:
			ended["new"]++
			h.must("", "apply", "-b", "ebpf", rules)
		default:
			t.Fatalf("neither the old nor the new firewall:\n%s", got)
		}
		if n := strings.Count(h.pins(), "/links/"); n != links {
			t.Fatalf("%d programs stand, not %d:\n%s", n, links, h.pins())
		}
	}
	t.Logf("an apply takes %v; after a kill the host had %v", took, ended)
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

// inProc reads one of xt_recent's lists, or with recentc list show one of ours, as lines of
// address, TTL and the number of stamps.
func (h *host) inProc(list string) (out []string) {
	h.Helper()
	h.do(func() error {
		lists, err := xtrecent.Read(xtrecent.Dir)
		for _, l := range lists {
			for _, e := range l.Entries {
				if l.Name == list {
					out = append(out, fmt.Sprintf("%v ttl %d, %d stamps", e.Addr, e.TTL, len(e.Stamps)))
				}
			}
		}
		return err
	})
	slices.Sort(out)
	return out
}

func (h *host) inPrograms(list string) (out []string) {
	h.Helper()
	var entries []live.Entry
	if err := json.Unmarshal([]byte(h.must("", "list", "show", "--json", list)), &entries); err != nil {
		h.Fatal(err)
	}
	for _, e := range entries {
		out = append(out, fmt.Sprintf("%v ttl %d, %d stamps", e.Addr, *e.TTL, len(e.Ages)))
	}
	slices.Sort(out)
	return out
}

// TestProgramLists does the same to a list of BPF programs and to xt_recent's of the same
// rules: both show the same afterwards, also of packets, and a full list forgets the same.
func TestProgramLists(t *testing.T) {
	old, now := newHost(t), newProgramHost(t)
	rules := "*filter\n-A INPUT -p tcp -m recent --set --name L\n-A INPUT -p tcp -m recent --rcheck --seconds 60 --hitcount 3 --name L -j DROP\n" +
		"-A INPUT -p tcp -m recent --rcheck --seconds 600 --name NET --mask 255.255.255.0 -j DROP\nCOMMIT\n"
	old.run(rules, "iptables-legacy-restore", "-w", "30")
	now.must("", "apply", "-b", "ebpf", now.file("rules.v4", rules))
	expect := func(what string) {
		t.Helper()
		if diff := cmp.Diff(old.inProc("L"), now.inPrograms("L")); diff != "" {
			t.Errorf("%s (-xt_recent +ebpf):\n%s", what, diff)
		}
	}
	both := func(what string, addrs ...string) {
		t.Helper()
		sign := map[string]string{"add": "+", "del": "-", "flush": "/"}[what]
		if what == "flush" {
			addrs = []string{""}
			now.must("", "list", "flush", "L")
		} else {
			now.must("", append([]string{"list", what, "L"}, addrs...)...)
		}
		for _, a := range addrs {
			old.do(func() error { return os.WriteFile(xtrecent.Dir+"/L", []byte(sign+a+"\n"), 0) })
		}
		expect(what + " " + strings.Join(addrs, " "))
	}
	both("add", "192.0.2.1", "192.0.2.2", "192.0.2.1", "2001:db8::1")
	for _, h := range []*host{old, now} {
		h.sendSYN("127.0.0.1:22")
	}
	both("add", "127.0.0.1") // keeps the TTL of the packet
	both("del", "192.0.2.1", "192.0.2.99")
	both("add", slices.Repeat([]string{"192.0.2.2"}, 40)...)
	both("flush")
	var many []string
	for i := range 130 {
		many = append(many, fmt.Sprintf("10.0.%d.%d", i/100, i%100))
	}
	both("add", many...)
	both("add", many[40], many[120], "192.0.2.7")
	out := now.must("", "list", "show", "L")
	if lines := strings.Split(out, "\n"); !strings.HasPrefix(lines[1], many[31]+" ") || !strings.HasPrefix(lines[100], "192.0.2.7 ") {
		t.Errorf("not in the order of writing:\n%s", out)
	}
	now.must("", "list", "add", "L", "192.0.2.7", "192.0.2.7")
	if out := now.must("", "list", "show", "L"); !regexp.MustCompile(`(?m)^192\.0\.2\.7 +0 +[0-9.ms]+ ago +3 of 3 in 60s +3 in 60s +`).MatchString(out) {
		t.Error(out)
	}
	// The mask of a list is applied to what is given by hand.
	if code, _, stderr := now.recentc("", "list", "add", "NET", "198.51.100.7"); code != 0 {
		t.Error(stderr)
	}
	if got := now.inPrograms("NET"); !slices.Equal(got, []string{"198.51.100.0 ttl 0, 1 stamps"}) {
		t.Error(got)
	}
}

// TestManyInPrograms adds, shows and removes thousands of addresses at once.
func TestManyInPrograms(t *testing.T) {
	h := newProgramHost(t)
	h.must("", "apply", "-b", "ebpf", "--ip-list-tot", "20000", h.file("rules.v4", programRules))
	const n = 20000
	var in strings.Builder
	for i := range n {
		fmt.Fprintf(&in, "10.%d.%d.%d\n", i>>16, i>>8&255, i&255)
	}
	if out := h.must(in.String(), "list", "add", "SSH", "-"); out != fmt.Sprintf("addresses stamped: %d\n", n) {
		t.Error(out)
	}
	if out := h.must("", "apply", "-b", "ebpf", "--ip-list-tot", "20000", h.file("other.v4", otherPrograms)); !strings.Contains(out, "kept") {
		t.Error(out)
	}
	if out := h.must("", "list", "show", "SSH"); strings.Count(out, "1 of 4 in 70s") != n {
		t.Errorf("%d lines", strings.Count(out, "\n"))
	}
	if out := h.must(in.String(), "list", "del", "SSH", "-"); out != fmt.Sprintf("addresses removed: %d\n", n) {
		t.Error(out)
	}
	if out := h.must("", "list", "show", "SSH"); out != "the list is empty\n" {
		t.Errorf("%.200s", out)
	}
}

// TestFollow holds that what LOG and NFLOG say is printed as it happens, also by programs
// that are loaded in the meantime, and that one reads it at a time.
func TestFollow(t *testing.T) {
	h := newProgramHost(t)
	rules := "*filter\n-A INPUT -p tcp --dport 22 -j LOG --log-prefix \"knock: \" --log-level 6\n-A INPUT -p tcp --dport 23 -j NFLOG --nflog-group 7 --nflog-prefix telnet\nCOMMIT\n"
	h.must("", "apply", "-b", "ebpf", h.file("rules.v4", rules))
	h.sendSYN("127.0.0.1:22") // from before
	self := h.command([]string{"status", "--follow"})
	s := h.startCommand(append([]string{"sh", "-c", `exec "$@" 2>&1`, "sh"}, self...))
	s.waitFor("recentc: what LOG and NFLOG say from now on; 1 event from before left out")
	h.sendSYN("127.0.0.1:22")
	line := s.next()
	if !regexp.MustCompile(`^\d\d:\d\d:\d\d\.\d{3} info knock: IN=lo OUT= SRC=127\.0\.0\.1 DST=127\.0\.0\.1 LEN=60 TTL=64 PROTO=TCP SPT=\d+ DPT=22$`).MatchString(line) {
		t.Error(line)
	}
	h.sendSYN("127.0.0.1:23")
	if line := s.next(); !strings.Contains(line, " nflog:7 telnetIN=lo ") {
		t.Error(line)
	}
	if code, _, stderr := h.recentc("", "status", "--follow"); code != exitSystem || !strings.Contains(stderr, "one reader") {
		t.Errorf("a second: exit %d, %s", code, stderr)
	}
	h.must("", "apply", "-b", "ebpf", h.file("new.v4", strings.Replace(rules, "knock", "again", 1)))
	s.waitFor("recentc: what LOG and NFLOG say from now on")
	h.sendSYN("127.0.0.1:22")
	if line := s.next(); !strings.Contains(line, " info again: IN=lo") {
		t.Error(line)
	}
	s.cmd.Process.Signal(os.Interrupt)
	if code := s.wait(); code != exitOK {
		t.Errorf("exit %d", code)
	}
	s = h.startCommand(append([]string{"sh", "-c", `exec "$@" 2>&1`, "sh"}, h.command([]string{"status", "--follow", "--json"})...))
	s.waitFor("recentc: what LOG")
	h.sendSYN("127.0.0.1:23")
	var e live.Event
	if err := json.Unmarshal([]byte(s.next()), &e); err != nil || e.Prefix != "telnet" || *e.Group != 7 || e.DstPort != 23 || e.Protocol != "TCP" || e.Place != "new.v4:3" {
		t.Errorf("%v %+v", err, e)
	}
	h.must("", "remove")
	if code := s.wait(); code != exitOK {
		t.Errorf("when the programs are gone: exit %d", code)
	}
}

// sendSYN sends one from the host to itself.
func (h *host) sendSYN(addr string) {
	h.Helper()
	h.do(func() error { return sendSYN(addr) })
}

// next is the next line of the output.
func (s *started) next() string {
	s.Helper()
	if !s.lines.Scan() {
		s.Fatalf("no further output; %v", s.cmd.Wait())
	}
	return s.lines.Text()
}

// TestProgramsImport lets lists fill and age in xt_recent, exchanges the firewall for BPF
// programs in the middle of the traffic, and holds that the rest of it is treated as
// xt_recent treats it.
func TestProgramsImport(t *testing.T) {
	lab.Require(t)
	for _, m := range migrations {
		if !slices.Contains([]string{"brute force", "ever", "twenty hits of networks", "knocking", "the same TTL, forwarded"}, m.name) {
			continue // the others ask how tables keep windows
		}
		t.Run(m.name, func(t *testing.T) {
			t.Parallel()
			m.backend = "ebpf"
			const tries = 8
			for try := range tries {
				if m.run(t, rand.New(rand.NewPCG(uint64(try), 7))) {
					return
				}
			}
			t.Fatalf("the machine was late %d times", tries)
		})
	}
}

// TestProgramsImportEviction moves a list that is nearly full: behind that it forgets the
// same addresses as xt_recent's. /proc does not show the order of what is written in one
// tick of the clock, so every address has a tick of its own.
func TestProgramsImportEviction(t *testing.T) {
	lab.Require(t)
	rules := "*filter\n:INPUT ACCEPT [0:0]\n-A INPUT -p udp -m recent --name S --set\n-A INPUT -p tcp -m recent --name S --rcheck --rttl -j DROP\nCOMMIT\n"
	l, err := lab.New(lab.Config{Candidates: []lab.Candidate{lab.Legacy("stays", rules, ""), lab.Legacy("moves", rules, "")}})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	old, now := &host{T: t, ns: l.Namespace("stays"), dir: t.TempDir()}, &host{T: t, ns: l.Namespace("moves"), dir: t.TempDir()}
	now.ownBPF()
	address := func(i int) netip.Addr { return netip.AddrFrom4([4]byte{10, 0, 0, byte(i + 1)}) }
	rng := rand.New(rand.NewPCG(3, 4))
	for _, i := range rng.Perm(96) {
		for _, h := range []*host{old, now} {
			h.stamp("S", address(i).String())
		}
		time.Sleep(25 * time.Millisecond)
	}
	out := now.must("", "apply", "-b", "ebpf", "--import-lists", now.file("rules.v4", rules))
	if !strings.Contains(out, "carried over: list S, 96 addresses with 96 stamps") {
		t.Error(out)
	}
	now.run(noLegacy, "iptables-legacy-restore", "-w", "30")
	var trace lab.Trace
	for range 12 {
		var tick []lab.Packet
		for range 5 {
			tick = append(tick, lab.Packet{Src: address(rng.IntN(150)), Proto: lab.UDP, TTL: uint8(60 + rng.IntN(2))})
		}
		for range 40 {
			tick = append(tick, lab.Packet{Src: address(rng.IntN(150)), Proto: lab.TCP, TTL: uint8(60 + rng.IntN(2))})
		}
		trace = append(trace, tick)
	}
	r, err := l.Run(t.Context(), trace)
	if err != nil {
		t.Fatal(err)
	}
	if d := r.Diff("stays", "moves"); len(d) > 0 {
		t.Errorf("%d of %d packets differ:\n%v", len(d), len(r.Packets), d)
	}
	if diff := cmp.Diff(old.inProc("S"), now.inPrograms("S")); diff != "" {
		t.Errorf("(-xt_recent +ebpf)\n%s", diff)
	}
	if n := r.Dropped("moves"); n == 0 || n == len(r.Packets) {
		t.Errorf("%d of %d packets dropped: the test says nothing", n, len(r.Packets))
	}
}

// TestProgramsImportNotes holds that lists which are not carried over are named, that other
// sizes are, and that more addresses than there is room for are refused before anything is done.
func TestProgramsImportNotes(t *testing.T) {
	h := newProgramHost(t)
	h.run(foreignLegacy, "iptables-legacy-restore", "-w", "30")
	h.stamp("SSH", "192.0.2.1", "192.0.2.2", "192.0.2.3")
	h.stamp("theirs", "192.0.2.1")
	rules := h.file("rules.v4", programRules)
	if code, _, stderr := h.recentc("", "apply", "-b", "ebpf", "--import-lists", "--ip-list-tot", "2", rules); code != exitUsage || !strings.Contains(stderr, "--ip-list-tot 3") {
		t.Errorf("exit %d: %s", code, stderr)
	}
	if h.pins() != "" {
		t.Errorf("loaded in spite of it: %s", h.pins())
	}
	both := func(args ...string) string {
		return h.run("", "sh", append([]string{"-c", `exec "$@" 2>&1`, "sh"}, h.command(args)...)...)
	}
	out := both("apply", "-b", "ebpf", "--import-lists", "--ip-list-tot", "50", rules)
	for _, want := range []string{"carried over: list SSH, 3 addresses with 3 stamps", "list theirs is not carried over", "iptables-legacy still has", "--ip-list-tot 100 makes them alike"} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
	h.must("", "list", "del", "SSH", "192.0.2.1", "192.0.2.2")
	out = both("apply", "-b", "ebpf", rules)
	for _, want := range []string{"SSH holds 3 addresses that are not carried over", "kept, with what they hold: list SSH"} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
	if out := both("apply", rules); !strings.Contains(out, "BPF programs are loaded too") {
		t.Error(out)
	}
	if out := both("apply", "-b", "ebpf", rules); !strings.Contains(out, "table ip recentc is loaded too") {
		t.Error(out)
	}
	if out := both("apply", "-b", "ebpf", h.file("mask.v4", strings.ReplaceAll(programRules, "--name SSH", "--name SSH --mask 255.255.255.0"))); !strings.Contains(out, "begin empty: list SSH") {
		t.Error(out)
	}
	h.must("", "list", "-b", "ebpf", "add", "SSH", "192.0.2.1", "198.51.100.1")
	if out := both("apply", "-b", "ebpf", "--ip-list-tot", "1", h.file("mask.v4", strings.ReplaceAll(programRules, "--name SSH", "--name SSH --mask 255.255.255.0"))); !strings.Contains(out, "the 1 written longest ago") {
		t.Error(out)
	}
}
