package cli

import (
	"math/rand/v2"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/recentc/recentc/internal/lab"
)

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
