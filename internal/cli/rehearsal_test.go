package cli

import (
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/recentc/recentc/internal/lab"
)

// nightRules are a firewall against those who guess passwords.
const nightRules = "*filter\n:INPUT ACCEPT [0:0]\n" +
	"-A INPUT -p tcp --dport 7001 -m recent --set --name SSH\n" +
	"-A INPUT -p tcp --dport 7001 -m recent --update --seconds 4 --hitcount 4 --name SSH -j DROP\n" +
	"-A INPUT -p tcp --dport 7002 -m recent --rcheck --seconds 8 --hitcount 3 --name SSH -j DROP\nCOMMIT\n"

// night is a rehearsal: a host whose firewall is exchanged, and one on which it stays.
type night struct {
	*testing.T
	lab   *lab.Lab
	rng   *rand.Rand
	start time.Time
	late  bool
	host  *host
	// packets and dropped count what came in so far.
	packets, dropped int
}

// attack lets packets come for some ticks, and holds that both hosts treat them the same.
func (n *night) attack(when string, ticks int) {
	n.Helper()
	time.Sleep(lab.Grid - time.Since(n.start)%lab.Grid) // one grid for all of the night
	r, err := n.lab.Run(n.Context(), sparse(n.rng, ticks, migration{}.packets()...))
	if err != nil {
		n.Fatal(err)
	}
	if r.Late() {
		n.late = true
	}
	if d := r.Diff("stays", "moves"); len(d) > 0 && !n.late {
		n.Errorf("%s: %d of %d packets differ:\n%v", when, len(d), len(r.Packets), d)
	}
	n.packets += len(r.Packets)
	n.dropped += r.Dropped("stays")
}

// TestNight plays the night of the migration as docs/live.md tells it, under attack: no
// packet is treated otherwise than where nothing is changed.
func TestNight(t *testing.T) {
	lab.Require(t)
	const tries = 8
	for try := range tries {
		if playNight(t, uint64(try)) {
			return
		}
	}
	t.Fatalf("the machine was late %d times", tries)
}

// playNight tells whether the machine was on time.
func playNight(t *testing.T, seed uint64) bool {
	l, err := lab.New(lab.Config{Candidates: []lab.Candidate{lab.Legacy("stays", nightRules, ""), lab.Legacy("moves", nightRules, "")}})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	n := &night{T: t, lab: l, rng: rand.New(rand.NewPCG(seed, 3)), start: time.Now(), host: &host{T: t, ns: l.Namespace("moves"), dir: t.TempDir()}}
	h, rules := n.host, n.host.file("rules.v4", nightRules)
	steps := []func(){
		func() { n.attack("before", 25) },
		func() {
			h.must("", "apply", "--dry-run", "--import-lists", rules)
			s := h.start("apply", "--import-lists", "--confirm", "60s", rules)
			n.attack("being loaded", 10) // without a pause
			s.waitFor("Press Enter")
			n.attack("both loaded, not confirmed yet", 10)
			s.stdin.Write([]byte("\n"))
			if code := s.wait(); code != exitOK {
				t.Errorf("confirm: exit %d", code)
			}
		},
		func() { n.attack("confirmed", 10) },
		func() { h.run(noLegacy, "iptables-legacy-restore", "-w", "30") },
		func() { n.attack("the legacy rules are gone", 50) },
		func() { h.must("", "apply", rules); n.attack("the same rules once more", 20) },
	}
	for _, step := range steps {
		if step(); n.late || t.Failed() {
			return !n.late
		}
	}
	t.Logf("%d packets, %d dropped", n.packets, n.dropped)
	if n.dropped == 0 || n.dropped == n.packets {
		t.Error("the attack says nothing")
	}
	return true
}

// TestNightRollback plays the other end of the night: what stood before comes back, by
// silence, by Ctrl-C and when recentc is killed, with rules and lists, and packets are
// treated as if nothing had been loaded in between.
func TestNightRollback(t *testing.T) {
	lab.Require(t)
	for name, end := range rollbacks {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			const tries = 8
			for try := range tries {
				if playRollback(t, uint64(try), end) {
					return
				}
			}
			t.Fatalf("the machine was late %d times", tries)
		})
	}
}

// rollbacks are the ways not to confirm.
var rollbacks = map[string]func(*started){
	"silence": func(*started) {},
	"Ctrl-C":  func(s *started) { s.cmd.Process.Signal(os.Interrupt) },
	"kill -9": func(s *started) { s.cmd.Process.Kill() },
}

func playRollback(t *testing.T, seed uint64, end func(*started)) bool {
	// Both hosts have left the legacy rules behind; one of them tries new ones.
	l, err := lab.New(lab.Config{Candidates: []lab.Candidate{{Name: "stays"}, {Name: "moves"}}})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	n := &night{T: t, lab: l, rng: rand.New(rand.NewPCG(seed, 5)), start: time.Now(), host: &host{T: t, ns: l.Namespace("moves"), dir: t.TempDir()}}
	h, other := n.host, &host{T: t, ns: l.Namespace("stays"), dir: t.TempDir()}
	rules := h.file("rules.v4", nightRules)
	h.must("", "apply", rules)
	other.must("", "apply", rules)
	n.attack("before", 25)
	before := h.firewall()
	s := h.start("apply", "--confirm", "1s", h.file("new.v4", strings.NewReplacer("7001", "7003", "--seconds 4", "--seconds 5").Replace(nightRules)))
	s.waitFor("Press Enter")
	if h.firewall() == before {
		t.Error("the new firewall is not loaded")
	}
	end(s)
	s.wait()
	h.settle()
	if diff := cmp.Diff(before, h.firewall()); diff != "" {
		t.Error(diff)
	}
	n.attack("restored", 50)
	t.Logf("%d packets, %d dropped", n.packets, n.dropped)
	return !n.late
}

// rehearse runs examples/rehearsal.sh with a program in the place of recentc.
func rehearse(t *testing.T, program string) (out string, ok bool) {
	t.Helper()
	lab.Require(t)
	t.Parallel()
	c := exec.Command("../../examples/rehearsal.sh", program)
	text, err := c.CombinedOutput()
	return string(text), err == nil
}

// TestRehearsal plays the night as everybody can: with the script.
func TestRehearsal(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	out, ok := rehearse(t, self)
	if !ok || strings.Count(out, "none was treated otherwise") < 5 || strings.Count(out, "  back: every rule") != 3 {
		t.Error(out)
	}
}

// TestRehearsalNotices holds that the script sees a translation that is not the firewall's.
func TestRehearsalNotices(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	wrong := filepath.Join(t.TempDir(), "recentc")
	if err := os.WriteFile(wrong, []byte("#!/bin/sh\nsed -i 's/--hitcount 4/--hitcount 5/' rules.v4 && exec "+self+" \"$@\"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	if out, ok := rehearse(t, wrong); ok || !strings.Contains(out, "came through at one host alone") {
		t.Error(out)
	}
}
