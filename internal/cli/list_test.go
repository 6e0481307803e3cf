package cli

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/recentc/recentc/internal/lab"
	"github.com/recentc/recentc/internal/live"
)

// shown reads a list with list show --json: for each address the hits and whether it
// is over, for each window.
func (h *host) shown(list string) map[string]string {
	h.Helper()
	var entries []live.Entry
	if err := json.Unmarshal([]byte(h.must("", "list", "show", "--json", list)), &entries); err != nil {
		h.Fatal(err)
	}
	out := map[string]string{}
	for _, e := range entries {
		var s []string
		for _, w := range e.Windows {
			text := fmt.Sprintf("%d/%d in %d", w.Count, w.Hits, w.Seconds)
			if w.Over {
				text += " over"
			}
			if w.Seconds > 0 && len(w.Ages) != w.Count {
				h.Errorf("%v: %d ages of %d hits", e.Addr, len(w.Ages), w.Count)
			}
			s = append(s, text)
		}
		out[e.Addr.String()] = strings.Join(s, ", ")
	}
	return out
}

const listRules = `*filter
-A INPUT -m recent --set --name L
-A INPUT -m recent --rcheck --seconds 60 --hitcount 3 --name L -j DROP
-A INPUT -m recent --rcheck --seconds 600 --hitcount 40 --name L -j DROP
-A INPUT -m recent --rcheck --hitcount 2 --name L -j DROP
-A INPUT -m recent --rcheck --rttl --seconds 30 --name L -j DROP
-A INPUT -m recent --set --name NET --mask 255.255.255.0
-A INPUT -m recent --rcheck --seconds 60 --hitcount 2 --name NET -j DROP
COMMIT
`

// TestList holds what the list commands do to every kind of window.
func TestList(t *testing.T) {
	h := newHost(t)
	h.must("", "apply", h.file("rules.v4", listRules))
	expect := func(list string, want map[string]string) {
		t.Helper()
		if diff := cmp.Diff(want, h.shown(list)); diff != "" {
			t.Errorf("list %s: %s", list, diff)
		}
	}
	one, two := "1/2 in 0, 1/1 in 30 over, 1/3 in 60, 1/40 in 600", "2/2 in 0 over, 1/1 in 30 over, 2/3 in 60, 2/40 in 600"
	h.must("", "list", "add", "L", "192.0.2.1", "192.0.2.2", "192.0.2.1")
	expect("L", map[string]string{"192.0.2.1": two, "192.0.2.2": one})
	h.must("192.0.2.1 # twice\n192.0.2.1 192.0.2.3\n\n# no more\n", "list", "add", "L", "-")
	expect("L", map[string]string{"192.0.2.1": "2/2 in 0 over, 1/1 in 30 over, 3/3 in 60 over, 4/40 in 600", "192.0.2.2": one, "192.0.2.3": one})
	h.must("", append([]string{"list", "add", "L"}, strings.Fields(strings.Repeat("192.0.2.2 ", 50))...)...)
	expect("L", map[string]string{"192.0.2.1": "2/2 in 0 over, 1/1 in 30 over, 3/3 in 60 over, 4/40 in 600", "192.0.2.2": "2/2 in 0 over, 1/1 in 30 over, 3/3 in 60 over, 40/40 in 600 over", "192.0.2.3": one})
	if out := h.must("", "list", "del", "L", "192.0.2.1", "192.0.2.99", "192.0.2.2"); out != "addresses removed: 2\n" {
		t.Error(out)
	}
	expect("L", map[string]string{"192.0.2.3": one})
	for _, bad := range [][]string{{"add", "L", "192.0.2.5", "192.0.2.256"}, {"add", "L", "192.0.2.5", "host"}, {"add", "L", "192.0.2.5", "2001:db8::1"}, {"del", "L", "192.0.2.3", "10.0.0.0/8"}, {"add", "L"}, {"add"}, {"show"}, {"flush"}, {"grow", "L"}, {"add", "M", "192.0.2.5"}, {"flush", "M"}} {
		if code, stdout, stderr := h.recentc("", append([]string{"list"}, bad...)...); code != exitUsage || stdout != "" || stderr == "" {
			t.Errorf("list %s: exit %d, %s%s", strings.Join(bad, " "), code, stdout, stderr)
		}
	}
	if code, _, _ := h.recentc("192.0.2.5\nnonsense\n", "list", "add", "L", "-"); code != exitUsage {
		t.Errorf("nonsense on standard input: exit %d", code)
	}
	expect("L", map[string]string{"192.0.2.3": one})
	h.must("", "list", "flush", "L")
	expect("L", map[string]string{})
	// The mask of a list is applied to what is given by hand.
	self, _ := os.Executable()
	if out := h.run("", "sh", "-c", self+" list add NET 198.51.100.7 198.51.100.8 2>&1"); !strings.Contains(out, "198.51.100.7 is 198.51.100.0 in this list") {
		t.Error(out)
	}
	expect("NET", map[string]string{"198.51.100.0": "2/2 in 60 over"})
	h.must("", "list", "del", "NET", "198.51.100.99")
	expect("NET", map[string]string{})
}

// TestListAddCounts holds that an address by hand counts like one in xt_recent: the
// same commands to both, and the packets behind them are treated the same.
func TestListAddCounts(t *testing.T) {
	lab.Require(t)
	rules := "*filter\n:INPUT ACCEPT [0:0]\n-A INPUT -m recent --update --seconds 60 --hitcount 3 --name L -j DROP\n-A INPUT -m recent --rcheck --rttl --hitcount 2 --name T -j DROP\n-A INPUT -m recent --set --name L\nCOMMIT\n"
	l, err := lab.New(lab.Config{Candidates: []lab.Candidate{lab.Legacy("xt_recent", rules, ""), {Name: "nft"}}})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	old, now := &host{T: t, ns: l.Namespace("xt_recent"), dir: t.TempDir()}, &host{T: t, ns: l.Namespace("nft"), dir: t.TempDir()}
	now.must("", "apply", now.file("rules.v4", rules))
	var trace lab.Trace
	for n := range 6 {
		a := fmt.Sprintf("192.0.2.%d", n+1)
		for range n % 4 {
			old.stamp("L", a)
			now.must("", "list", "add", "L", a)
		}
		for range n / 2 {
			old.stamp("T", a)
			now.must("", "list", "add", "T", a)
		}
		trace = append(trace, []lab.Packet{{Src: addrOf(a), TTL: uint8(60 + n)}, {Src: addrOf(a), TTL: 9}}, nil, []lab.Packet{{Src: addrOf(a)}, {Src: addrOf(a)}})
	}
	r, err := l.Run(t.Context(), trace)
	if err != nil {
		t.Fatal(err)
	}
	if d := r.Diff("xt_recent", "nft"); len(d) > 0 {
		t.Errorf("%v", d)
	}
	if n := r.Dropped("nft"); n == 0 || n == len(r.Packets) {
		t.Errorf("%d of %d packets dropped: the test says nothing", n, len(r.Packets))
	}
}

// TestManyAddresses adds, shows and removes more addresses at once than one message holds.
func TestManyAddresses(t *testing.T) {
	h := newHost(t)
	h.must("", "apply", h.file("rules.v4", applyRules))
	const n = 20000
	var in strings.Builder
	for i := range n {
		fmt.Fprintf(&in, "10.%d.%d.%d\n", i>>16, i>>8&255, i&255)
	}
	if out := h.must(in.String(), "list", "add", "SSH", "-"); out != fmt.Sprintf("addresses stamped: %d\n", n) {
		t.Error(out)
	}
	h.must(in.String(), "list", "add", "SSH", "-")
	if out := h.must("", "list", "show", "SSH"); strings.Count(out, " 2 of 4 in 60s") != n {
		t.Errorf("%d lines", strings.Count(out, "\n"))
	}
	if out := h.must(in.String(), "list", "del", "SSH", "-"); out != fmt.Sprintf("addresses removed: %d\n", n) {
		t.Error(out)
	}
	if out := h.must("", "list", "show", "SSH"); out != "the list is empty\n" {
		t.Errorf("%.200s", out)
	}
	// A full list takes nothing of what is given, not a part of it.
	h.must("", "apply", "--ip-list-tot", "70000", h.file("small.v4", applyRules))
	for i := n; i < 70001; i++ {
		fmt.Fprintf(&in, "10.%d.%d.%d\n", i>>16, i>>8&255, i&255)
	}
	if code, _, stderr := h.recentc(in.String(), "list", "add", "SSH", "-"); code != exitSystem || !strings.Contains(stderr, "full") {
		t.Errorf("exit %d, %s", code, stderr)
	}
	if out := h.must("", "list", "show", "SSH"); out != "the list is empty\n" {
		t.Errorf("%.200s", out)
	}
}
