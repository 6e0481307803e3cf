package cli

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/recentc/recentc/internal/lab"
)

// migration is a rule set that is exchanged while packets come.
type migration struct {
	name  string
	hook  lab.Hook
	rules string // lines of the filter table, with CHAIN for that of the hook
	// backend is what the firewall is exchanged for; nft if empty.
	backend string
}

// migrations have windows that are safe on the lab's grid.
var migrations = []migration{
	{"brute force", lab.Input, "-A CHAIN -m recent --set --name S\n-A CHAIN -m recent --update --seconds 4 --hitcount 4 --name S -j DROP\n", ""},
	{"ban", lab.Input, "-A CHAIN -m recent --rcheck --seconds 8 --name BAN -j DROP\n-A CHAIN -m recent --rcheck --seconds 2 --hitcount 3 --name S -m recent --set --name BAN -j DROP\n-A CHAIN -m recent --set --name S\n", ""},
	{"two windows", lab.Input, "-A CHAIN -m recent --update --seconds 2 --hitcount 2 --name S -j DROP\n-A CHAIN -m recent --rcheck --seconds 9 --hitcount 7 --name S -j DROP\n-A CHAIN -m recent --set --name S\n", ""},
	{"ever", lab.Input, "-A CHAIN -m recent --set --name S\n-A CHAIN -m recent --rcheck --hitcount 9 --name S -j DROP\n-A CHAIN -p udp -m recent --rcheck --name S -j DROP\n", ""},
	{"many hits", lab.Input, "-A CHAIN -m recent --set --name S\n-A CHAIN -m recent --rcheck --seconds 9 --hitcount 40 --name S -j DROP\n-A CHAIN -m recent --rcheck --hitcount 45 --name S -j DROP\n", ""},
	{"twenty hits of networks", lab.Input, "-A CHAIN -m recent --set --name NET\n-A CHAIN -m recent --rcheck --seconds 5 --hitcount 20 --name NET -j DROP\n", ""},
	{"knocking", lab.Input, "-A CHAIN -p udp -m recent --remove --name K\n-A CHAIN -p tcp --dport 7001 -m recent --set --name K -j DROP\n-A CHAIN -p tcp --dport 7002 -m recent --rcheck --seconds 5 --name K -j ACCEPT\n-A CHAIN -p tcp --dport 7002 -j DROP\n", ""},
	{"the same TTL", lab.Input, "-A CHAIN -m recent --update --seconds 4 --hitcount 3 --rttl --name S -j DROP\n-A CHAIN -m recent --set --name S\n", ""},
	{"the same TTL, forwarded", lab.Forward, "-A CHAIN -m recent --update --seconds 4 --hitcount 3 --rttl --name S -j DROP\n-A CHAIN -m recent --set --name S\n", ""},
}

func (m migration) files() (v4, v6 string) {
	chain := map[lab.Hook]string{lab.Input: "INPUT", lab.Forward: "FORWARD"}[m.hook]
	text := "*filter\n:" + chain + " ACCEPT [0:0]\n" + strings.ReplaceAll(m.rules, "CHAIN", chain) + "COMMIT\n"
	// A list has one mask: the families need one each.
	return strings.ReplaceAll(text, "NET", "N4 --mask 255.255.255.254"), strings.ReplaceAll(text, "NET", "N6 --mask ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe")
}

// packets come from a few sources of both families. A source's TTL is always the same.
func (m migration) packets() (out []lab.Packet) {
	for i := range 5 {
		for _, a := range []string{fmt.Sprintf("192.0.2.%d", i+1), fmt.Sprintf("2001:db8::%x", i+1)} {
			kinds := []lab.Packet{{Proto: lab.TCP, DPort: 7001}, {Proto: lab.TCP, DPort: 7002}, {Proto: lab.UDP, DPort: 7001}}
			if m.name != "knocking" {
				kinds = kinds[:1+i%2]
			}
			for _, p := range kinds {
				p.Src, p.TTL = netip.MustParseAddr(a), uint8(60+i)
				out = append(out, p)
			}
		}
	}
	return out
}

// sparse makes a random trace of which most packets are left out, so that windows end.
func sparse(rng *rand.Rand, ticks int, packets ...lab.Packet) lab.Trace {
	trace := lab.RandomTrace(rng, ticks, packets...)
	for i := range trace {
		trace[i] = slices.DeleteFunc(trace[i], func(lab.Packet) bool { return rng.IntN(4) > 0 })
	}
	return trace
}

// noLegacy unloads what iptables-legacy has.
const noLegacy = "*filter\n:INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\nCOMMIT\n"

// TestImport lets lists fill and age in xt_recent, exchanges the firewall in the middle
// of the traffic, and holds that the rest of it is treated as xt_recent treats it.
func TestImport(t *testing.T) {
	lab.Require(t)
	for _, m := range migrations {
		t.Run(m.name, func(t *testing.T) {
			t.Parallel()
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

// run tells whether the machine was on time.
func (m migration) run(t *testing.T, rng *rand.Rand) bool {
	v4, v6 := m.files()
	l, err := lab.New(lab.Config{Hook: m.hook, Candidates: []lab.Candidate{lab.Legacy("stays", v4, v6), lab.Legacy("moves", v4, v6)}})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	start := time.Now()
	first, err := l.Run(t.Context(), sparse(rng, 30, m.packets()...))
	if err != nil {
		t.Fatal(err)
	}
	if first.Late() {
		return false
	}
	h := &host{T: t, ns: l.Namespace("moves"), dir: t.TempDir()}
	if m.backend == "ebpf" {
		h.ownBPF()
	}
	report := h.must("", "apply", "-b", cmp.Or(m.backend, "nft"), "--import-lists", h.file("rules.v4", v4), h.file("rules.v6", v6))
	for _, tool := range []string{"iptables-legacy-restore", "ip6tables-legacy-restore"} {
		h.run(noLegacy, tool, "-w", "30")
	}
	// The second half begins on the grid of the first.
	time.Sleep(lab.Grid - time.Since(start)%lab.Grid)
	second, err := l.Run(t.Context(), sparse(rng, 70, m.packets()...))
	if err != nil {
		t.Fatal(err)
	}
	if second.Late() {
		return false
	}
	if d := second.Diff("stays", "moves"); len(d) > 0 {
		t.Errorf("%d of %d packets differ:\n%v\n%s%s", len(d), len(second.Packets), d, report, h.must("", "list"))
	}
	t.Logf("%d packets before, %d dropped; %d behind, %d dropped; %s",
		len(first.Packets), first.Dropped("stays"), len(second.Packets), second.Dropped("stays"), strings.ReplaceAll(report, "\n", "; "))
	return true
}

// TestImportNotes holds that lists which are not carried over are named, and that more
// addresses than there is room for are refused before anything is done.
func TestImportNotes(t *testing.T) {
	h := newHost(t)
	h.run(foreignLegacy, "iptables-legacy-restore", "-w", "30")
	h.stamp("SSH", "192.0.2.1", "192.0.2.2", "192.0.2.3", "2001:db8::1")
	h.stamp("theirs", "192.0.2.1")
	rules := h.file("rules.v4", applyRules)
	if code, _, stderr := h.recentc("", "apply", "--import-lists", "--ip-list-tot", "2", rules); code != exitUsage || !strings.Contains(stderr, "--ip-list-tot 3") {
		t.Errorf("exit %d: %s", code, stderr)
	}
	if tables := h.run("", "nft", "list", "tables"); tables != "" {
		t.Errorf("loaded in spite of it: %s", tables)
	}
	self, _ := os.Executable()
	out := h.run("", "sh", "-c", self+" apply --import-lists "+rules+" 2>&1")
	for _, want := range []string{"list ip SSH, 3 addresses with 3 stamps", "list theirs is not carried over", "iptables-legacy still has"} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
	out = h.run("", "sh", "-c", self+" apply "+rules+" 2>&1")
	if !strings.Contains(out, "SSH holds 4 addresses that are not carried over") {
		t.Error(out)
	}
}
