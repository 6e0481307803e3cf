package model_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/internal/lab"
)

// generator makes random rule sets around -m recent for one hook of the lab. Most rules mark the
// packet with a bit of their own, so that the mark it leaves with tells which of them matched.
type generator struct {
	*rand.Rand
	hook lab.Hook
	// family is that of the rule set at hand.
	family ast.Family
	// table is the one being filled.
	table string
	// bit is the next mark.
	bit     int
	windows []int
}

func newGenerator(seed uint64, hook lab.Hook) *generator {
	g := &generator{Rand: rand.New(rand.NewPCG(seed, uint64(hook)+11)), hook: hook}
	for s := 1; s <= 9; s++ {
		if lab.SafeWindow(s) {
			g.windows = append(g.windows, s)
		}
	}
	// At 250 Hz these wrap to 0.816 and 2.816 s, which no multiple of the lab's grid comes near.
	g.windows = append(g.windows, 17179870, 17179872)
	return g
}

func (g *generator) pick(words ...string) string { return words[g.IntN(len(words))] }

// byFamily picks the word of the rule set's family.
func (g *generator) byFamily(four, six string) string {
	if g.family == ast.IPv6 {
		return six
	}
	return four
}

// tables are the tables and built-in chains that packets of each hook pass. Chains
// that the kernel's answers would pass are left out.
var tables = map[lab.Hook][]struct {
	name   string
	chains []string
}{
	lab.Input:   {{"raw", []string{"PREROUTING"}}, {"mangle", []string{"PREROUTING", "INPUT"}}, {"filter", []string{"INPUT"}}, {"security", []string{"INPUT"}}, {"nat", []string{"PREROUTING", "INPUT"}}},
	lab.Forward: {{"raw", []string{"PREROUTING"}}, {"mangle", []string{"PREROUTING", "FORWARD", "POSTROUTING"}}, {"filter", []string{"FORWARD"}}, {"security", []string{"FORWARD"}}, {"nat", []string{"PREROUTING", "POSTROUTING"}}},
	lab.Output:  {{"raw", []string{"OUTPUT"}}, {"mangle", []string{"OUTPUT", "POSTROUTING"}}, {"filter", []string{"OUTPUT"}}, {"security", []string{"OUTPUT"}}, {"nat", []string{"OUTPUT", "POSTROUTING"}}},
}

// ruleSet is a random file with mangle and about half of the other tables, in any order.
func (g *generator) ruleSet(f ast.Family) string {
	g.family, g.bit = f, 0
	var parts []string
	for _, t := range tables[g.hook] {
		if t.name == "mangle" || g.IntN(2) == 0 {
			g.table = t.name
			parts = append(parts, g.rules(t.chains))
		}
	}
	g.Shuffle(len(parts), func(i, j int) { parts[i], parts[j] = parts[j], parts[i] })
	return strings.Join(parts, "")
}

// rules fills the built-in chains of the table and two of its own, ONE and TWO; ONE may call TWO, which
// stands in front of it in the file and behind it by name.
func (g *generator) rules(chains []string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "*%s\n", g.table)
	for _, c := range chains {
		fmt.Fprintf(&b, ":%s %s [0:0]\n", c, g.policy())
	}
	b.WriteString(":TWO - [0:0]\n:ONE - [0:0]\n")
	if g.table == "nat" {
		// Without a rule that asks for connections the kernel has none, and nat sees no packet.
		fmt.Fprintf(&b, "-A %s -m state --state INVALID -j RETURN\n", chains[0])
	}
	for range 5 + g.IntN(6) {
		chain := g.pick(append(slices.Clone(chains), chains[0], "ONE", "TWO")...)
		b.WriteString(g.rule(chain) + "\n")
	}
	fmt.Fprintf(&b, "-A %s -m recent --name %s --set -j ONE\n", chains[0], g.pick("A", "B"))
	fmt.Fprintf(&b, "-A %s -j TWO\n", chains[len(chains)-1])
	b.WriteString("COMMIT\n")
	return b.String()
}

// policy is rarely DROP, and so is a target: a packet that is gone tells nothing more.
func (g *generator) policy() string {
	if g.IntN(60) == 0 && g.table != "nat" {
		return "DROP"
	}
	return "ACCEPT"
}

func (g *generator) rule(chain string) string {
	s := "-A " + chain + " -p udp " + g.sometimes(func() string { return g.device(chain) })
	for range 1 + g.IntN(5)/4 {
		s += g.sometimes(g.condition) + g.recent()
	}
	return s + g.sometimes(g.condition) + g.target(chain)
}

// device asks for one where iptables takes it; a chain of the user's own may be called from hooks that
// do not know it.
func (g *generator) device(chain string) string {
	in, out := g.pick("-i v0 ", "! -i v+ ", "-i x+ ", "-i + "), g.pick("-o v1 ", "! -o v1 ", "-o v+ ")
	switch chain {
	case "PREROUTING", "INPUT":
		return in
	case "OUTPUT", "POSTROUTING":
		return out
	}
	return g.pick(in, out, in+out)
}

func (g *generator) sometimes(what func() string) string {
	if g.IntN(4) > 0 {
		return ""
	}
	return what()
}

// recent is one random match.
func (g *generator) recent() string {
	s := "-m recent --name " + g.pick("A", "A", "B", "DEFAULT")
	op := g.pick("--set", "--set", "--rcheck", "--rcheck", "--update", "--update", "--remove")
	s += " " + g.pick("", "", "", "", "! ") + op
	if op == "--rcheck" || op == "--update" {
		s += g.question()
	}
	s += g.pick("", "", "", "", "", g.byFamily(" --mask 255.255.255.252", " --mask ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffc"), g.byFamily(" --mask 255.255.255.255", " --mask ffff:ffff::3"))
	return s + g.pick("", "", "", "", " --rsource", " --rdest") + " "
}

func (g *generator) question() (s string) {
	if g.IntN(5) > 0 {
		s += fmt.Sprintf(" --seconds %d", g.windows[g.IntN(len(g.windows))])
		s += g.pick("", "", " --reap")
	}
	if g.IntN(3) > 0 {
		s += fmt.Sprintf(" --hitcount %d", g.IntN(8))
	}
	return s + g.pick("", "", "", " --rttl")
}

func (g *generator) condition() string {
	return g.pick(
		"-m udp --dport 7001 ", "-m udp ! --sport 40001 ", "-m multiport --ports 7002,40001:40002 ",
		g.byFamily("-m ttl --ttl-gt 62 ", "-m hl --hl-gt 62 "), "-m length --length 1:60 ",
		"-m mark --mark 0x1/0x3 ", "-m limit --limit 1/hour --limit-burst 9 ",
		g.byFamily("-m iprange --src-range 192.0.2.2-192.0.2.4 ", "-m iprange --src-range 2001:db8::2-2001:db8::4 "),
		"-m conntrack --ctstate NEW ", "-m conntrack ! --ctstate INVALID,ESTABLISHED ", "-m state --state INVALID ",
	)
}

// target is mostly a mark, sometimes what ends or leaves the chain. Only the built-in chains and ONE
// call others.
func (g *generator) target(chain string) string {
	if g.IntN(5) > 0 && g.bit < 32 {
		g.bit++
		bit := uint32(1) << (g.bit - 1)
		return fmt.Sprintf("-j MARK --set-xmark 0x%x/0x%x", bit, bit)
	}
	ends := []string{"", "-j RETURN", "-j RETURN", "-j ACCEPT"}
	switch {
	case g.IntN(12) == 0 && g.table != "nat":
		return "-j DROP"
	case g.table == "nat" && chain == "POSTROUTING":
		ends = append(ends, "-j MASQUERADE", "-j SNAT --to-source "+g.byFamily("10.78.0.9", "fd78::9"))
	}
	switch chain {
	case "TWO":
		return g.pick(ends...)
	case "ONE":
		return g.pick(append(ends, "-j TWO", "-g TWO")...)
	}
	return g.pick(append(ends, "-j ONE", "-j TWO", "-g ONE", "-g TWO")...)
}
