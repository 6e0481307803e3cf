package loader_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/internal/lab"
)

// generator makes random rule sets around -m recent for one hook of the lab. No
// rule can mark a packet here, so what is compared beside the verdicts are the
// counters of all rules and the lists.
type generator struct {
	*rand.Rand
	hook    lab.Hook
	family  ast.Family
	windows []int
}

func newGenerator(seed uint64, hook lab.Hook) *generator {
	g := &generator{Rand: rand.New(rand.NewPCG(seed, uint64(hook)+23)), hook: hook}
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

func (g *generator) byFamily(four, six string) string {
	if g.family == ast.IPv6 {
		return six
	}
	return four
}

type tableChains struct {
	name   string
	chains []string
}

// tables are the tables and built-in chains that packets of each hook pass.
// Chains that the kernel's answers would pass are left out.
var tables = map[lab.Hook][]tableChains{
	lab.Input:   {{"raw", []string{"PREROUTING"}}, {"mangle", []string{"PREROUTING", "INPUT"}}, {"filter", []string{"INPUT"}}, {"security", []string{"INPUT"}}},
	lab.Forward: {{"raw", []string{"PREROUTING"}}, {"mangle", []string{"PREROUTING", "FORWARD", "POSTROUTING"}}, {"filter", []string{"FORWARD"}}, {"security", []string{"FORWARD"}}},
	lab.Output:  {{"raw", []string{"OUTPUT"}}, {"mangle", []string{"OUTPUT", "POSTROUTING"}}, {"filter", []string{"OUTPUT"}}, {"security", []string{"OUTPUT"}}},
}

// ruleSet is a random file with the filter and about half of the other tables.
func (g *generator) ruleSet(f ast.Family) string {
	g.family = f
	var parts []string
	for _, t := range tables[g.hook] {
		if t.name == "filter" || g.IntN(2) == 0 {
			parts = append(parts, g.rules(t))
		}
	}
	g.Shuffle(len(parts), func(i, j int) { parts[i], parts[j] = parts[j], parts[i] })
	return strings.Join(parts, "")
}

// rules fills the built-in chains of the table and two of its own, ONE and TWO,
// which ONE may call.
func (g *generator) rules(t tableChains) string {
	var b strings.Builder
	fmt.Fprintf(&b, "*%s\n", t.name)
	for _, c := range t.chains {
		fmt.Fprintf(&b, ":%s %s [0:0]\n", c, g.policy())
	}
	b.WriteString(":TWO - [0:0]\n:ONE - [0:0]\n")
	for range 5 + g.IntN(6) {
		chain := g.pick(append(slices.Clone(t.chains), t.chains[0], "ONE", "TWO")...)
		b.WriteString(g.rule(chain) + "\n")
		if g.IntN(4) == 0 {
			b.WriteString(g.pairOfRules(chain))
		}
	}
	fmt.Fprintf(&b, "-A %s -m recent --name %s --set -j ONE\n", t.chains[0], g.pick("A", "B"))
	fmt.Fprintf(&b, "-A %s -j TWO\n", t.chains[len(t.chains)-1])
	b.WriteString("COMMIT\n")
	return b.String()
}

// pairOfRules are two that ask the same and then record and ask the list.
func (g *generator) pairOfRules(chain string) string {
	same := "-A " + chain + " -p udp " + g.sometimes(g.condition)
	list := g.pick("A", "B") + g.pick("", " --rdest")
	return same + "-m recent --set --name " + list + "\n" +
		same + "-m recent --" + g.pick("update", "rcheck", "update") + g.question() + " --name " + list + " " + g.sometimes(g.condition) + g.target(chain) + "\n"
}

// policy is rarely DROP, and so is a target: a packet that is gone tells nothing more.
func (g *generator) policy() string {
	if g.IntN(40) == 0 {
		return "DROP"
	}
	return "ACCEPT"
}

func (g *generator) rule(chain string) string {
	s := "-A " + chain + " " + g.sometimes(g.address) + g.pick("-p udp ", "-p udp ", "-p udp ", "") + g.sometimes(func() string { return g.device(chain) })
	if !strings.Contains(s, "-p ") {
		return s + g.recent() + g.target(chain)
	}
	for range 1 + g.IntN(5)/4 {
		s += g.sometimes(g.condition) + g.recent()
	}
	return s + g.sometimes(g.condition) + g.target(chain)
}

func (g *generator) address() string {
	return g.pick(g.byFamily("-s 192.0.2.0/30 ", "-s 2001:db8::/126 "), g.byFamily("! -d 10.77.0.2 ", "! -d fd77::2 "), g.byFamily("-s 192.0.2.1/255.255.255.5 ", "! -s 2001:db8::2 "))
}

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
		"-m udp --dport 7001 ", "-m udp ! --sport 40001 ", "-m multiport --ports 7002,40001:40002 ", "-m multiport ! --dports 7000:7001,9 ",
		g.byFamily("-m ttl --ttl-gt 62 ", "-m hl --hl-gt 62 "), "-m length --length 1:60 ",
		"-m mark --mark 0x1/0x3 ", "-m limit --limit 1/hour --limit-burst 9 ", "-m limit --limit 3/second --limit-burst 2 ",
		g.byFamily("-m iprange --src-range 192.0.2.2-192.0.2.4 ", "-m iprange --src-range 2001:db8::2-2001:db8::4 "),
		g.byFamily("-m iprange ! --src-range 192.0.2.2-192.0.3.1 ", "-m iprange ! --dst-range fd77::2-fd78::1 "),
		"-m conntrack --ctstate NEW ", "-m conntrack ! --ctstate INVALID,ESTABLISHED ", "-m state --state INVALID ",
		"-m statistic --mode nth --every 3 --packet 1 ", "-m statistic --mode nth ! --every 4 --packet 0 ", "-m quota --quota 900 ", "-m quota ! --quota 500 ",
		"-m addrtype --dst-type MULTICAST ", "-m dscp ! --dscp 0 ", "-m tos --tos 0/0x3c ", "-m comment --comment x ",
	)
}

// target is mostly none, sometimes what ends or leaves the chain. Only the
// built-in chains and ONE call others.
func (g *generator) target(chain string) string {
	if g.IntN(3) > 0 {
		return ""
	}
	ends := []string{"", "-j RETURN", "-j RETURN", "-j ACCEPT", "-j LOG", "-j NFLOG --nflog-group 9"}
	switch {
	case g.IntN(5) == 0:
		return "-j DROP"
	case chain == "TWO":
		return g.pick(ends...)
	case chain == "ONE":
		return g.pick(append(ends, "-j TWO", "-g TWO")...)
	}
	return g.pick(append(ends, "-j ONE", "-j TWO", "-g ONE", "-g TWO")...)
}
