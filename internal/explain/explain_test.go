package explain_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/backend/nft"
	"github.com/recentc/recentc/compile"
	"github.com/recentc/recentc/grammar"
	"github.com/recentc/recentc/internal/explain"
)

// lists explains the rules of a filter table.
func lists(t *testing.T, rules ...string) []explain.List {
	t.Helper()
	text := "*filter\n:INPUT ACCEPT [0:0]\n:ONE - [0:0]\n" + strings.Join(rules, "\n") + "\nCOMMIT\n"
	f, diags := grammar.ParseFile("r", text)
	programs, l := compile.Compile([]*ast.File{f}, compile.Options{Family: ast.IPv4})
	out, m := nft.Translate(programs, nft.Options{})
	if diags = append(append(diags, l...), m...); diags.HasErrors() {
		t.Fatal(diags)
	}
	return explain.Lists(programs, explain.Backend{Name: "nftables", Matches: out.Matches})
}

// TestWords holds what is said of each operation.
func TestWords(t *testing.T) {
	for _, c := range []struct{ rule, want string }{
		{"--set -j ACCEPT", "The packet's source address is recorded in L, and the packet is accepted."},
		{"--set --rdest", "The packet's destination address is recorded in L."},
		{"! --set -j DROP", "If the packet's source address were not recorded here (which it always is, so that the rule never matches), the packet's source address is recorded in L, and the packet is dropped."},
		{"--rcheck -j DROP", "If the packet's source address is in L, the packet is dropped."},
		{"! --rcheck -j RETURN", "If the packet's source address is not in L, the packet leaves the chain."},
		{"--rcheck --hitcount 3", "If the packet's source address was recorded at least 3 times in L, the rule only counts it."},
		{"--rcheck --seconds 1 --rttl -j ONE", "If the packet's source address was recorded in L in the last second (the last time with this packet's TTL), the packet goes on in chain ONE."},
		{"--update --seconds 9 --hitcount 2 -j REJECT", "If the packet's source address was recorded at least 2 times in L in the last 9 seconds, the address is recorded once more, so that each further packet starts the time anew, and the packet is rejected."},
		{"! --update --seconds 9 -j LOG", "If the packet's source address was not recorded in L in the last 9 seconds, the address is recorded again if it is in L, and the packet is logged."},
		{"--remove", "If the packet's source address is in L, it is removed from L."},
		{"! --remove -j DROP", "If the packet's source address is not in L (where it is, it is removed), the packet is dropped."},
		{"--rcheck -m recent --name M --set -j DROP", "If the packet's source address is in L, the packet's source address is recorded in M, and the packet is dropped."},
	} {
		got := lists(t, "-A INPUT -p udp -m recent --name L "+c.rule)
		if diff := cmp.Diff(c.want, got[0].Uses[0].Does); diff != "" {
			t.Errorf("%s: %s", c.rule, diff)
		}
	}
}

// TestTried holds the numbers that depend on the order of the rules, which words alone would get wrong.
func TestTried(t *testing.T) {
	const check = "-A INPUT -p tcp --dport 22 -m recent --name L --update --seconds 60 --hitcount 4 -j DROP"
	const set = "-A INPUT -p tcp --dport 22 -m recent --name L --set"
	for _, c := range []struct {
		name, want string
		use        int
		rules      []string
	}{
		{"set, then update", "the 4th is the first", 1, []string{set, check}},
		{"update, then set", "the 5th is the first", 0, []string{check, set}},
		{"set twice", "the 2nd is the first", 2, []string{set, set, check}},
		{"never recorded", "none matches", 0, []string{check}},
		{"from a chain", "the 4th is the first", 1, []string{"-A INPUT -s 192.0.2.0/24 -j ONE", strings.ReplaceAll(set, "INPUT", "ONE"), strings.ReplaceAll(check, "INPUT", "ONE")}},
		{"negated", "The first such packet", 0, []string{strings.ReplaceAll(check, "--update", "! --rcheck"), set}},
	} {
		got := lists(t, c.rules...)[0].Uses[c.use].Tried
		if !strings.Contains(got, c.want) {
			t.Errorf("%s: %q does not contain %q", c.name, got, c.want)
		}
	}
}

// TestOrder holds that rules are told in the order of the packets: a chain where it is called, raw before filter.
func TestOrder(t *testing.T) {
	f, _ := grammar.ParseFile("r", `*filter
:INPUT ACCEPT [0:0]
:ONE - [0:0]
-A ONE -m recent --rcheck --name L -j DROP
-A INPUT -m recent --set --name L
-A INPUT -p udp -j ONE
-A INPUT -m recent --remove --name L
COMMIT
*raw
:PREROUTING ACCEPT [0:0]
-A PREROUTING -m recent --update --name L
COMMIT
`)
	programs, _ := compile.Compile([]*ast.File{f}, compile.Options{Family: ast.IPv4})
	var got []string
	l := explain.Lists(programs)[0]
	for _, u := range l.Uses {
		got = append(got, u.Place+" "+u.Chain)
	}
	if diff := cmp.Diff([]string{"r:11 raw PREROUTING", "r:5 filter INPUT", "r:4 filter ONE", "r:7 filter INPUT"}, got); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"It is shared by several tables."}, l.Notes); diff != "" {
		t.Error(diff)
	}
}

// TestDOT holds the graph of a knock: its rules once each, with what goes into the lists and what is asked.
func TestDOT(t *testing.T) {
	const want = `digraph recent {
	rankdir=LR;
	node [fontname="sans-serif"];
	list0 [shape=ellipse, label="ONE\nIPv4"];
	rule0 [shape=box, label="r:4\nfilter INPUT\ncount"];
	rule0 -> list0 [label="set"];
	rule1 [shape=box, label="r:5\nfilter INPUT\nACCEPT"];
	list0 -> rule1 [style=dashed, label="was recorded in ONE in the last 9 seconds"];
	rule2 [shape=box, label="r:6\nfilter INPUT\nchain ONE"];
	rule2 -> list0 [label=remove, arrowhead=tee];
}
`
	var b strings.Builder
	err := explain.WriteDOT(&b, lists(t, "-A INPUT -p udp --dport 1 -m recent --name ONE --set",
		"-A INPUT -p udp --dport 2 -m recent --name ONE --rcheck --seconds 9 -j ACCEPT",
		"-A INPUT -p udp --dport 3 -m recent --name ONE --remove -j ONE"))
	if diff := cmp.Diff(want, b.String()); diff != "" || err != nil {
		t.Error(diff, err)
	}
}
