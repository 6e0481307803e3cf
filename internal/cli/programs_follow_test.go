package cli

import (
	"encoding/json"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/recentc/recentc/internal/live"
)

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
