package cli

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// programFirewall is what is loaded of BPF programs: all but counters.
func (h *host) programFirewall() string {
	h.Helper()
	out := h.must("", "status", "-b", "ebpf")
	return regexp.MustCompile(`(?m)^ +\d+ +\d+ |priority -?\d+|^trial: .*\n`).ReplaceAllString(out, "")
}

// otherPrograms is a firewall unlike programRules, without connections.
var otherPrograms = strings.NewReplacer("--seconds 60", "--seconds 70", "-m state --state NEW ", "").Replace(programRules)

// TestProgramsConfirm holds that without Enter what stood before is restored, its lists
// as they were, however recentc ends.
func TestProgramsConfirm(t *testing.T) {
	for _, c := range confirmations {
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
			// What was added by hand during the trial stays in any case.
			want := map[bool]string{true: now, false: strings.Replace(old, "SSH   ip      2 ", "SSH   ip      3 ", 1)}[c.kept]
			if diff := cmp.Diff(want, h.programFirewall()); diff != "" {
				t.Errorf("not what should stand:\n%s", diff)
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
	ended, r := map[string]int{}, seeded(t)
	for try := 0; more(try, 12, ended["old"], ended["new"]); try++ {
		s := h.start("apply", "-b", "ebpf", other)
		time.Sleep(moment(r, took*3/2))
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
	both(t, ended["old"], ended["new"])
	t.Logf("an apply takes %v; after a kill the host had %v", took, ended)
}
