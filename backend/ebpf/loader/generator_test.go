package loader_test

import (
	"fmt"
	"slices"
	"strings"

	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/internal/lab"
	"github.com/recentc/recentc/internal/random"
)

// generator makes random rule sets around -m recent for one hook of the lab. No
// rule can mark a packet here, so what is compared beside the verdicts are the
// counters of all rules and the lists.
type generator struct {
	random.Maker
}

func newGenerator(seed uint64, hook lab.Hook) *generator {
	return &generator{Maker: random.New(seed, 23, hook)}
}

// ruleSet is a random file with the filter and about half of the other tables.
func (g *generator) ruleSet(f ast.Family) string {
	g.Family = f
	var parts []string
	for _, t := range random.Tables[g.Hook] {
		if t.Name == "filter" || g.IntN(2) == 0 {
			parts = append(parts, g.rules(t))
		}
	}
	g.Shuffle(len(parts), func(i, j int) { parts[i], parts[j] = parts[j], parts[i] })
	return strings.Join(parts, "")
}

// rules fills the built-in chains of the table and two of its own, ONE and TWO,
// which ONE may call.
func (g *generator) rules(t random.Table) string {
	var b strings.Builder
	fmt.Fprintf(&b, "*%s\n", t.Name)
	for _, c := range t.Chains {
		fmt.Fprintf(&b, ":%s %s [0:0]\n", c, g.policy())
	}
	b.WriteString(":TWO - [0:0]\n:ONE - [0:0]\n")
	for range 5 + g.IntN(6) {
		chain := g.Pick(append(slices.Clone(t.Chains), t.Chains[0], "ONE", "TWO")...)
		b.WriteString(g.rule(chain) + "\n")
		if g.IntN(4) == 0 {
			b.WriteString(g.pairOfRules(chain))
		}
	}
	fmt.Fprintf(&b, "-A %s -m recent --name %s --set -j ONE\n", t.Chains[0], g.Pick("A", "B"))
	fmt.Fprintf(&b, "-A %s -j TWO\n", t.Chains[len(t.Chains)-1])
	b.WriteString("COMMIT\n")
	return b.String()
}

// pairOfRules are two that ask the same and then record and ask the list.
func (g *generator) pairOfRules(chain string) string {
	same := "-A " + chain + " -p udp " + g.Sometimes(g.condition)
	list := g.Pick("A", "B") + g.Pick("", " --rdest")
	return same + "-m recent --set --name " + list + "\n" +
		same + "-m recent --" + g.Pick("update", "rcheck", "update") + g.Question() + " --name " + list + " " + g.Sometimes(g.condition) + g.target(chain) + "\n"
}

// policy is rarely DROP, and so is a target: a packet that is gone tells nothing more.
func (g *generator) policy() string {
	if g.IntN(40) == 0 {
		return "DROP"
	}
	return "ACCEPT"
}

func (g *generator) rule(chain string) string {
	s := "-A " + chain + " " + g.Sometimes(g.address) + g.Pick("-p udp ", "-p udp ", "-p udp ", "") + g.Sometimes(func() string { return g.Device(chain) })
	if !strings.Contains(s, "-p ") {
		return s + g.Recent() + g.target(chain)
	}
	for range 1 + g.IntN(5)/4 {
		s += g.Sometimes(g.condition) + g.Recent()
	}
	return s + g.Sometimes(g.condition) + g.target(chain)
}

func (g *generator) address() string {
	return g.Pick(g.ByFamily("-s 192.0.2.0/30 ", "-s 2001:db8::/126 "), g.ByFamily("! -d 10.77.0.2 ", "! -d fd77::2 "), g.ByFamily("-s 192.0.2.1/255.255.255.5 ", "! -s 2001:db8::2 "))
}

func (g *generator) condition() string {
	return g.Pick(
		"-m udp --dport 7001 ", "-m udp ! --sport 40001 ", "-m multiport --ports 7002,40001:40002 ", "-m multiport ! --dports 7000:7001,9 ",
		g.ByFamily("-m ttl --ttl-gt 62 ", "-m hl --hl-gt 62 "), "-m length --length 1:60 ",
		"-m mark --mark 0x1/0x3 ", "-m limit --limit 1/hour --limit-burst 9 ", "-m limit --limit 3/second --limit-burst 2 ",
		g.ByFamily("-m iprange --src-range 192.0.2.2-192.0.2.4 ", "-m iprange --src-range 2001:db8::2-2001:db8::4 "),
		g.ByFamily("-m iprange ! --src-range 192.0.2.2-192.0.3.1 ", "-m iprange ! --dst-range fd77::2-fd78::1 "),
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
		return g.Pick(ends...)
	case chain == "ONE":
		return g.Pick(append(ends, "-j TWO", "-g TWO")...)
	}
	return g.Pick(append(ends, "-j ONE", "-j TWO", "-g ONE", "-g TWO")...)
}
