package cli

import (
	"bufio"
	"io"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// started is a recentc that runs.
type started struct {
	*host
	cmd   *exec.Cmd
	stdin io.WriteCloser
	lines *bufio.Scanner
}

// start starts recentc and does not wait for it.
func (h *host) start(args ...string) *started {
	h.Helper()
	return h.startCommand(h.command(args))
}

func (h *host) startCommand(command []string) *started {
	h.Helper()
	s := &started{host: h, cmd: exec.Command(command[0], command[1:]...)}
	var err error
	if s.stdin, err = s.cmd.StdinPipe(); err != nil {
		h.Fatal(err)
	}
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		h.Fatal(err)
	}
	s.lines = bufio.NewScanner(out)
	h.do(s.cmd.Start)
	return s
}

// waitFor reads the output up to a line.
func (s *started) waitFor(prefix string) {
	s.Helper()
	for s.lines.Scan() {
		if strings.HasPrefix(s.lines.Text(), prefix) {
			return
		}
	}
	s.Fatalf("no %q in the output; %v", prefix, s.cmd.Wait())
}

// wait waits for the end and returns the exit code, -1 after a signal.
func (s *started) wait() int {
	s.Helper()
	for s.lines.Scan() {
	}
	s.cmd.Wait()
	return s.cmd.ProcessState.ExitCode()
}

// settle waits until nobody holds recentc's tables any more, nor is about to: a
// watcher that was started needs a moment.
func (h *host) settle() {
	h.Helper()
	free := 0
	for range 200 {
		code, _, stderr := h.recentc("", "remove", "--table", "nobody")
		switch {
		case code == 0:
			free++
		case strings.Contains(stderr, "waits to be confirmed"):
			free = 0
		default:
			h.Fatal(stderr)
		}
		if free == 3 {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	h.Fatal("somebody still holds the tables")
}

var lifetimes = regexp.MustCompile(`elements = \{[^}]*\}`)

// leftMark is the mark of a load that was killed.
var leftMark = regexp.MustCompile(`\tchain recentc-mark-[0-9a-f]+ \{\n\t\}\n`)

// firewall is what is loaded of recentc's: rules and sets, without elements.
func (h *host) firewall() string {
	h.Helper()
	if !strings.Contains(h.run("", "nft", "list", "tables"), "ip recentc") {
		return ""
	}
	text := lifetimes.ReplaceAllString(h.run("", "nft", "-s", "list", "table", "ip", "recentc"), "")
	text = regexp.MustCompile(`\n\s*\n`).ReplaceAllString(text, "\n")
	return leftMark.ReplaceAllString(text, "")
}

// newRules is a firewall unlike applyRules, whose SSH list means something else.
var newRules = strings.NewReplacer("--seconds 60", "--seconds 70", "--dport 53", "--dport 54").Replace(applyRules)

// confirmations are the ways in which an apply that waits to be confirmed ends. Its firewall is
// kept by one of them.
var confirmations = []struct {
	name    string
	confirm string
	answer  func(*started)
	code    int
	kept    bool
}{
	{"Enter", "30s", func(s *started) { io.WriteString(s.stdin, "\n") }, exitOK, true},
	{"silence", "8s", func(*started) {}, exitFindings, false},
	{"end of the input", "30s", func(s *started) { s.stdin.Close() }, exitFindings, false},
	{"Ctrl-C", "30s", func(s *started) { s.cmd.Process.Signal(os.Interrupt) }, exitFindings, false},
	{"hangup", "30s", func(s *started) { s.cmd.Process.Signal(syscall.SIGHUP) }, exitFindings, false},
	{"kill -9", "30s", func(s *started) { s.cmd.Process.Kill() }, -1, false},
}

// TestConfirm holds that without Enter what stood before is restored: its rules, its
// lists and their ages, however recentc ends.
func TestConfirm(t *testing.T) {
	for _, c := range confirmations {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			h := newHost(t)
			h.must("", "apply", h.file("rules.v4", applyRules))
			h.must("", "list", "add", "SSH", "192.0.2.1", "192.0.2.1", "192.0.2.2")
			old := h.firewall()
			s := h.start("apply", "--confirm", c.confirm, h.file("new.v4", newRules))
			s.waitFor("Press Enter")
			now := h.firewall()
			if now == old || !strings.Contains(now, "70s") {
				t.Error("the new firewall is not loaded")
			}
			if code, _, stderr := h.recentc("", "remove"); code != exitSystem || !strings.Contains(stderr, "waits to be confirmed") {
				t.Errorf("another recentc: exit %d, %s", code, stderr)
			}
			c.answer(s)
			if code := s.wait(); code != c.code {
				t.Errorf("exit %d, want %d", code, c.code)
			}
			h.settle()
			if want := map[bool]string{true: now, false: old}[c.kept]; h.firewall() != want {
				t.Errorf("not what should stand:\n%s", cmp.Diff(want, h.firewall()))
			}
			if !c.kept {
				h.restoredLists()
			}
			if out := h.must("", "status"); !strings.Contains(out, "-A INPUT -p udp") {
				t.Errorf("status knows the rules no more:\n%s", out)
			}
		})
	}
}

// restoredLists expects what TestConfirm put into the list.
func (h *host) restoredLists() {
	h.Helper()
	shown := h.must("", "list", "show", "SSH")
	if !regexp.MustCompile(`192\.0\.2\.1 .* 2 of 4 in 60s.*\n192\.0\.2\.2 .* 1 of 4 in 60s`).MatchString(shown) || strings.Contains(shown, " 0s ago") {
		h.Errorf("the list is not what it was:\n%s", shown)
	}
}

// TestConfirmFirst holds that where nothing stood before, nothing stands after silence.
func TestConfirmFirst(t *testing.T) {
	h := newHost(t)
	h.run(foreignLegacy, "iptables-legacy-restore", "-w", "30")
	h.stamp("SSH", "192.0.2.1")
	before := h.others()
	s := h.start("apply", "--import-lists", "--confirm", "30s", h.file("rules.v4", applyRules))
	s.waitFor("Press Enter")
	if shown := h.must("", "list", "show", "SSH"); !strings.Contains(shown, "192.0.2.1") {
		t.Error(shown)
	}
	s.cmd.Process.Kill()
	s.wait()
	h.settle()
	if tables := h.run("", "nft", "list", "tables"); strings.Contains(tables, "recentc") {
		t.Error(tables)
	}
	if diff := cmp.Diff(before, h.others()); diff != "" {
		t.Error(diff)
	}
}

// TestKilledAnywhere kills recentc at random moments of an apply: the host has the whole
// old or the whole new firewall, and with --confirm the old one.
func TestKilledAnywhere(t *testing.T) {
	h := newHost(t)
	rules, other := h.file("rules.v4", applyRules), h.file("new.v4", newRules)
	h.must("", "apply", other)
	now := h.firewall()
	h.must("", "apply", rules)
	old := h.firewall()
	began := time.Now()
	h.must("", "apply", other)
	took := time.Since(began)
	h.must("", "apply", rules)
	ended, r := map[string]int{}, seeded(t)
	for try := 0; more(try, 20, ended["old"], ended["new"]); try++ {
		args := []string{"apply", "--confirm", "30s", other}
		if try%2 == 0 {
			args = []string{"apply", other}
		}
		s := h.start(args...)
		time.Sleep(moment(r, took*3/2))
		s.cmd.Process.Kill()
		s.wait()
		h.settle()
		switch got := h.firewall(); {
		case got == old:
			ended["old"]++
		case got == now && try%2 == 0:
			ended["new"]++
			h.must("", "apply", rules)
		default:
			t.Fatalf("neither the old nor the new firewall:\n%s", got)
		}
	}
	both(t, ended["old"], ended["new"])
	t.Logf("an apply takes %v; after a kill the host had %v", took, ended)
}

// TestKilledImport kills recentc at random moments of a first load with an import: the
// host has nothing of it, or all.
func TestKilledImport(t *testing.T) {
	h := newHost(t)
	h.run(foreignLegacy, "iptables-legacy-restore", "-w", "30")
	h.stamp("SSH", "192.0.2.1", "192.0.2.1")
	rules := h.file("rules.v4", applyRules)
	began := time.Now()
	h.must("", "apply", "--import-lists", rules)
	took := time.Since(began)
	whole := h.firewall()
	h.must("", "remove")
	ended, r := map[bool]int{}, seeded(t)
	for try := 0; more(try, 10, ended[true], ended[false]); try++ {
		s := h.start("apply", "--import-lists", rules)
		time.Sleep(moment(r, took*3/2))
		s.cmd.Process.Kill()
		s.wait()
		h.settle()
		got := h.firewall()
		if got != "" && got != whole {
			t.Fatalf("a part of the firewall is loaded:\n%s", cmp.Diff(whole, got))
		}
		if ended[got != ""]++; got != "" {
			if shown := h.shown("SSH"); shown["192.0.2.1"] != "2/4 in 60" {
				t.Error(shown)
			}
			h.must("", "remove")
		}
	}
	both(t, ended[true], ended[false])
	t.Logf("loaded: %v", ended)
}
