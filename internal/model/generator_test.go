package model_test

import (
	"fmt"
	"slices"
	"strings"

	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/internal/lab"
	"github.com/recentc/recentc/internal/random"
)

// generator makes random rule sets around -m recent for one hook of the lab. Most rules mark the
// packet with a bit of their own, so that the mark it leaves with tells which of them matched.
type generator struct {
	random.Maker
	// table is the one being filled.
	table string
	// bit is the next mark.
	bit int
}

func newGenerator(seed uint64, hook lab.Hook) *generator {
	return &generator{Maker: random.New(seed, 11, hook)}
}

// tables are those that packets of the hook pass.
func tables(hook lab.Hook) []random.Table {
	nat := map[lab.Hook][]string{lab.Input: {"PREROUTING", "INPUT"}, lab.Forward: {"PREROUTING", "POSTROUTING"}, lab.Output: {"OUTPUT", "POSTROUTING"}}
	return append(slices.Clone(random.Tables[hook]), random.Table{Name: "nat", Chains: nat[hook]})
}

// ruleSet is a random file with mangle and about half of the other tables, in any order.
func (g *generator) ruleSet(f ast.Family) string {
	g.Family, g.bit = f, 0
	var parts []string
	for _, t := range tables(g.Hook) {
		if t.Name == "mangle" || g.IntN(2) == 0 {
			g.table = t.Name
			parts = append(parts, g.rules(t.Chains))
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
		chain := g.Pick(append(slices.Clone(chains), chains[0], "ONE", "TWO")...)
		b.WriteString(g.rule(chain) + "\n")
	}
	fmt.Fprintf(&b, "-A %s -m recent --name %s --set -j ONE\n", chains[0], g.Pick("A", "B"))
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
	s := "-A " + chain + " -p udp " + g.Sometimes(func() string { return g.Device(chain) })
	for range 1 + g.IntN(5)/4 {
		s += g.Sometimes(g.condition) + g.Recent()
	}
	return s + g.Sometimes(g.condition) + g.target(chain)
}

func (g *generator) condition() string {
	return g.Pick(
		"-m udp --dport 7001 ", "-m udp ! --sport 40001 ", "-m multiport --ports 7002,40001:40002 ",
		g.ByFamily("-m ttl --ttl-gt 62 ", "-m hl --hl-gt 62 "), "-m length --length 1:60 ",
		"-m mark --mark 0x1/0x3 ", "-m limit --limit 1/hour --limit-burst 9 ",
		g.ByFamily("-m iprange --src-range 192.0.2.2-192.0.2.4 ", "-m iprange --src-range 2001:db8::2-2001:db8::4 "),
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
		ends = append(ends, "-j MASQUERADE", "-j SNAT --to-source "+g.ByFamily("10.78.0.9", "fd78::9"))
	}
	switch chain {
	case "TWO":
		return g.Pick(ends...)
	case "ONE":
		return g.Pick(append(ends, "-j TWO", "-g TWO")...)
	}
	return g.Pick(append(ends, "-j ONE", "-j TWO", "-g ONE", "-g TWO")...)
}
