package lint_test

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/compile"
	"github.com/recentc/recentc/grammar"
	"github.com/recentc/recentc/internal/diag"
	"github.com/recentc/recentc/internal/model"
	"github.com/recentc/recentc/lint"
)

// ruleMaker makes random rule sets of few values, so that conditions hold each
// other often, and packets of the same values.
type ruleMaker struct{ *rand.Rand }

func (m ruleMaker) pick(words ...string) string { return words[m.IntN(len(words))] }

// maybe gives one of the words in one of n cases.
func (m ruleMaker) maybe(n int, words ...string) string {
	if m.IntN(n) > 0 {
		return ""
	}
	return m.pick(words...)
}

func (m ruleMaker) conditions() string {
	c := m.maybe(3, " -s 10.0.0.0/8", " -s 10.1.0.0/16", " -s 10.1.1.1", " ! -s 10.1.0.0/16", " -s 192.0.2.0/24,10.1.1.0/24")
	c += m.maybe(4, " -i eth0", " -i eth+", " ! -i eth0", " -i lo")
	switch m.IntN(4) {
	case 0:
		c += " -p tcp" + m.maybe(2, " --dport 22", " --dport 20:30", " ! --dport 22", " --syn", " --tcp-flags ACK ACK", " -m multiport --dports 22,80", " -m multiport ! --dports 22,80")
	case 1:
		c += " -p udp" + m.maybe(2, " --dport 22", " --dport 53:80")
	case 2:
		c += m.maybe(2, " ! -p tcp")
	}
	c += m.maybe(3, " -m conntrack --ctstate NEW", " -m conntrack --ctstate ESTABLISHED,RELATED", " -m conntrack ! --ctstate NEW", " -m conntrack --ctstate INVALID")
	c += m.maybe(8, " -m mark --mark 1", " -m limit --limit 1/s --limit-burst 2")
	return c
}

func (m ruleMaker) recent() string {
	list := " --name " + m.pick("a", "b")
	switch m.IntN(12) {
	case 0, 1:
		return " -m recent --set" + list
	case 2:
		return " -m recent" + m.maybe(4, " !") + " --rcheck" + m.maybe(2, " --seconds 9") + m.maybe(2, " --hitcount 2") + list
	case 3:
		return " -m recent" + m.maybe(4, " !") + " --update --seconds 9" + m.maybe(2, " --hitcount 2") + list
	case 4:
		return " -m recent --remove" + list
	case 5:
		return m.maybe(4, " -m recent ! --set"+list)
	}
	return ""
}

func (m ruleMaker) rules() string {
	b := &strings.Builder{}
	b.WriteString("*filter\n:INPUT " + m.pick("ACCEPT", "DROP") + " [0:0]\n:X - [0:0]\n:Y - [0:0]\n")
	for range 4 + m.IntN(12) {
		chain := m.pick("INPUT", "INPUT", "X", "Y")
		targets := []string{" -j ACCEPT", " -j DROP", " -j REJECT", " -j RETURN", "", " -j MARK --set-mark 1", " -j LOG"}
		switch chain {
		case "INPUT":
			targets = append(targets, " -j X", " -g X", " -j Y", " -j X")
		case "X":
			targets = append(targets, " -j Y", " -g Y")
		}
		b.WriteString("-A " + chain + m.conditions() + m.recent() + m.pick(targets...) + "\n")
	}
	return b.String() + "COMMIT\n"
}

func (m ruleMaker) packet() model.Packet {
	p := model.Packet{
		Src: netip.MustParseAddr(m.pick("10.1.1.1", "10.1.1.2", "10.1.9.9", "10.9.9.9", "192.0.2.1", "203.0.113.1")), Dst: netip.MustParseAddr("198.51.100.1"),
		Protocol: []uint8{6, 6, 17, 47}[m.IntN(4)], SPort: 1000, DPort: []uint16{22, 25, 80, 53, 443}[m.IntN(5)], Flags: []uint8{2, 16, 18, 4}[m.IntN(4)],
		TTL: 64, Length: 60, In: m.pick("eth0", "eth1", "lo"), Mark: uint32(m.IntN(2)),
		State: []compile.CtState{compile.CtNew, compile.CtNew, compile.CtEstablished, compile.CtRelated, compile.CtInvalid, compile.CtUntracked}[m.IntN(6)],
	}
	return p
}

// never are the codes whose findings say that the rule at their place matches no
// packet, unless the check in question is negated.
var never = []diag.Code{"RC2001", "RC2013", "RC2014", "RC2030", "RC2047"}

// always counts the findings that a check is always true.
const always diag.Code = "RC2024"

// checkTrue is a check that can be left out where it is always true. --update
// cannot: it stamps.
var checkTrue = regexp.MustCompile(` -m recent --rcheck( --seconds 9)? --name [ab]`)

// TestNeverMatches tries random packets on random rule sets, on the model of the
// kernel: a rule of which lint says that it never matches must never match, and a
// check of which it says that it is always true can be left out.
func TestNeverMatches(t *testing.T) {
	found := map[diag.Code]int{}
	for seed := range uint64(1500) {
		m := ruleMaker{rand.New(rand.NewPCG(seed, 1))}
		text := m.rules()
		f, parsed := grammar.ParseFile("in.rules", text)
		l := lint.Run([]*ast.File{f}, parsed, &lint.Options{Options: compile.Options{Family: ast.IPv4}})
		if l.HasErrors() {
			t.Fatalf("seed %d: %s\n%s", seed, text, show(l))
		}
		dead := map[uint32]diag.Diagnostic{}
		for _, d := range l {
			if slices.Contains(never, d.Code) && !strings.Contains(d.Line, "recent !") || d.Code == "RC2047" || d.Code == "RC2024" && strings.Contains(d.Summary, "always false") {
				dead[d.Range.Start.Line] = d
				found[d.Code]++
			}
			if without := checkTrue.ReplaceAllString(d.Line, ""); d.Code == "RC2024" && strings.Contains(d.Summary, "always true") && without != d.Line {
				tryAlways(t, m, text, strings.Replace(text, d.Line+"\n", without+"\n", 1), d)
				found[always]++
			}
		}
		if len(dead) > 0 {
			tryDead(t, m, text, dead)
		}
	}
	for _, code := range append([]diag.Code{always}, never...) {
		if found[code] < 10 {
			t.Errorf("%s was found %d times only: the rule sets are of no use for it", code, found[code])
		}
	}
}

func tryDead(t *testing.T, m ruleMaker, text string, dead map[uint32]diag.Diagnostic) {
	t.Helper()
	machine := machineOf(t, text)
	for i := range 300 {
		p := m.packet()
		v, err := machine.Step(time.Duration(i)*50*time.Millisecond, model.Incoming, p)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range v.Rules {
			if d, isDead := dead[r.Range.Start.Line]; isDead {
				t.Fatalf("%s\nthe rule in line %d matches %s:\n%s", text, r.Range.Start.Line, fmt.Sprintf("%+v", p), show(diag.List{d}))
			}
		}
	}
}

func machineOf(t *testing.T, text string) *model.Machine {
	t.Helper()
	f, _ := grammar.ParseFile("in.rules", text)
	programs, _ := compile.Compile([]*ast.File{f}, compile.Options{Family: ast.IPv4})
	machine, err := model.New(programs, model.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return machine
}

// tryAlways compares a rule set with one in which a check is left out.
func tryAlways(t *testing.T, m ruleMaker, text, without string, d diag.Diagnostic) {
	t.Helper()
	one, two := machineOf(t, text), machineOf(t, without)
	for i := range 300 {
		p, now := m.packet(), time.Duration(i)*50*time.Millisecond
		a, err := one.Step(now, model.Incoming, p)
		b, err2 := two.Step(now, model.Incoming, p)
		if err != nil || err2 != nil {
			t.Fatal(err, err2)
		}
		if !slices.EqualFunc(a.Rules, b.Rules, func(x, y *compile.Rule) bool { return x.Range.Start.Line == y.Range.Start.Line }) {
			t.Fatalf("%s\nthe check in line %d is not always true for %+v:\n%s", text, d.Range.Start.Line, p, show(diag.List{d}))
		}
	}
}
