package nft_test

import (
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"

	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/backend/nft"
	"github.com/recentc/recentc/internal/lab"
)

// netRules have every kind of question about a list, each with a mark of its own.
const netRules = `*mangle
-A INPUT -p udp -m recent --set --name A
-A INPUT -p udp -m recent --update --seconds 2 --hitcount 4 --name A -j MARK --set-xmark 0x1/0x1
-A INPUT -p udp -m recent ! --rcheck --seconds 4 --hitcount 6 --name A -j MARK --set-xmark 0x2/0x2
-A INPUT -p udp -m recent --rcheck --seconds 2 --hitcount 9 --rdest --name D -j MARK --set-xmark 0x4/0x4
-A INPUT -p udp -m recent --set --rdest --name D
-A INPUT -p udp -m recent --set --name M --mask 255.255.255.252
-A INPUT -p udp -m recent --rcheck --seconds 2 --hitcount 6 --name M --mask 255.255.255.252 -j MARK --set-xmark 0x8/0x8
-A INPUT -p udp --dport 7002 -m recent ! --update --seconds 2 --name U -j MARK --set-xmark 0x10/0x10
-A INPUT -p udp --dport 7001 -m recent --set --name U
-A INPUT -p udp -m recent --set --name H
-A INPUT -p udp -m recent --rcheck --seconds 4 --hitcount 3 --name H -j MARK --set-xmark 0x20/0x20
-A INPUT -p udp -m recent --rcheck --seconds 5 --hitcount 7 --name H -j MARK --set-xmark 0x40/0x40
COMMIT
`

// mutants are translations with one mistake each, made in the rules or in the
// output. The packets of one run must tell every one of them from xt_recent.
var mutants = []struct {
	name   string
	rules  func(string) string
	script func(string) string
}{
	{name: "window longer by a second", rules: swap("--update --seconds 2 ", "--update --seconds 3 ")},
	{name: "window shorter by a second", rules: swap("--update --seconds 2 ", "--update --seconds 1 ")},
	{name: "one hit more", rules: swap("--hitcount 4", "--hitcount 5")},
	{name: "one hit less", rules: swap("--hitcount 4", "--hitcount 3")},
	{name: "negation lost", rules: swap("! --rcheck", "--rcheck")},
	{name: "negation of update lost", rules: swap("! --update", "--update")},
	{name: "update does not record", rules: swap("--update --seconds 2 --hitcount 4", "--rcheck --seconds 2 --hitcount 4")},
	{name: "recorded after the check", rules: recordLast},
	{name: "side swapped", rules: swap("--hitcount 9 --rdest", "--hitcount 9 --rsource")},
	{name: "mask ignored", rules: swap(" --mask 255.255.255.252", "")},
	{name: "hold without limiter", script: func(s string) string {
		return regexp.MustCompile(`update @\w+_busy \{ [^}]* \} |(?m:^\t\tip saddr[^@\n]*@\w+_turned )`).ReplaceAllString(s, "")
	}},
}

func swap(old, new string) func(string) string {
	return func(s string) string { return strings.ReplaceAll(s, old, new) }
}

// recordLast moves the first rule that records behind all others.
func recordLast(s string) string {
	const set = "-A INPUT -p udp -m recent --set --name A\n"
	return strings.Replace(strings.Replace(s, set, "", 1), "COMMIT", set+"COMMIT", 1)
}

// TestTheNetCatches holds that the comparison with the kernel finds mistakes: it
// runs mistaken translations beside the right one, in one lab, on one trace.
func TestTheNetCatches(t *testing.T) {
	lab.Require(t)
	t.Parallel()
	script := func(rules string) string { return translate(t, ast.IPv4, rules, nft.Options{}).Text }
	candidates := []lab.Candidate{lab.Legacy("xt_recent", netRules, ""), lab.NFT("right", script(netRules))}
	for _, m := range mutants {
		text := script(netRules)
		if m.rules != nil {
			text = script(m.rules(netRules))
		} else {
			text = m.script(text)
		}
		if text == script(netRules) {
			t.Fatalf("%s: the mutation changes nothing", m.name)
		}
		candidates = append(candidates, lab.NFT(m.name, text))
	}
	l, err := lab.New(lab.Config{Hook: lab.Input, Candidates: candidates})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	r, err := l.RunOnTime(t.Context(), 8, lab.RandomTrace(rand.New(rand.NewPCG(11, 5)), 120, v4Sources(12)...))
	if err != nil {
		t.Fatal(err)
	}
	if d := r.Diff("xt_recent", "right"); len(d) > 0 {
		t.Errorf("the right translation differs:\n%v", d)
	}
	for _, m := range mutants {
		if d := r.Diff("xt_recent", m.name); len(d) == 0 {
			t.Errorf("%s: not noticed in %d packets", m.name, len(r.Packets))
		} else {
			t.Logf("%s: %d of %d packets differ", m.name, len(d), len(r.Packets))
		}
	}
}

// v4Sources are packets of n IPv4 sources.
func v4Sources(n int) (out []lab.Packet) {
	for _, p := range sources(n) {
		if p.Src.Is4() {
			out = append(out, p)
		}
	}
	return out
}
