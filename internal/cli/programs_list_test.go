package cli

import (
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/recentc/recentc/internal/live"
	"github.com/recentc/recentc/internal/xtrecent"
)

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
