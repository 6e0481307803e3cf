package nft_test

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"github.com/recentc/recentc/internal/lab"
)

// generator makes random rule sets around -m recent.
type generator struct {
	*rand.Rand
	hook    lab.Hook
	lists   []string
	windows []int
	// ops are what the rule set may do. Removing is rare: a source that is
	// removed by several rules is soon cut off, and nothing to compare is left.
	ops []string
	// ttl lets rules ask for the TTL. Every address has one TTL then: no list is about
	// destinations or networks, which see those of many sources. Nor is there --reap, whose own
	// approximation would be hidden behind that of the TTL.
	ttl bool
}

func newGenerator(seed uint64) *generator {
	g := &generator{Rand: rand.New(rand.NewPCG(seed, 7))}
	g.hook = []lab.Hook{lab.Input, lab.Input, lab.Forward, lab.Output}[g.IntN(4)]
	g.lists = []string{"A", "B", "C", "D"}[:1+g.IntN(4)]
	g.ops = []string{"--set", "--set", "--rcheck", "--rcheck", "--rcheck", "--update", "--update", "--update"}
	if g.IntN(2) == 0 {
		g.ops = append(g.ops, "--remove")
	}
	for s := 1; s <= 9; s++ {
		if lab.SafeWindow(s) {
			g.windows = append(g.windows, s)
		}
	}
	return g
}

func (g *generator) pick(words ...string) string { return words[g.IntN(len(words))] }

// recent is one random match. List B has a mask, which some of its rules get
// wrong: the first one loaded counts.
func (g *generator) recent() string {
	name := g.pick(g.lists...)
	op := g.pick(g.ops...)
	if g.IntN(6) == 0 {
		op = "! " + op
	}
	s := "-m recent --name " + name + " " + op
	if strings.HasSuffix(op, "rcheck") || strings.HasSuffix(op, "update") {
		s += g.window()
	}
	if g.ttl {
		return s
	}
	if name == "B" && g.IntN(4) > 0 {
		s += " --mask MASK"
	}
	if g.IntN(8) == 0 {
		s += " --rdest"
	}
	return s
}

func (g *generator) window() (s string) {
	if g.IntN(5) > 0 {
		s += fmt.Sprintf(" --seconds %d", g.windows[g.IntN(len(g.windows))])
		if g.IntN(8) == 0 && !g.ttl {
			s += " --reap"
		}
	}
	if g.IntN(3) > 0 {
		s += fmt.Sprintf(" --hitcount %d", 1+g.IntN(7))
	}
	if g.ttl && g.IntN(2) == 0 {
		s += " --rttl"
	}
	return s
}

// ruleSet is a random mangle table, and sometimes a raw one with the same lists.
// Most rules mark the packet with a bit of their own, so that the mark it leaves
// with tells which of them matched.
func (g *generator) ruleSet() string {
	var b strings.Builder
	if g.IntN(3) == 0 {
		b.WriteString(g.rawTable())
	}
	b.WriteString("*mangle\n:INPUT ACCEPT [0:0]\n:ONE - [0:0]\n:TWO - [0:0]\n")
	for _, name := range g.lists {
		fmt.Fprintf(&b, "-A INPUT %s -m recent --set --name %s\n", g.pick("-p udp", "-p udp --dport 7001"), name)
	}
	for bit := range 5 + g.IntN(8) {
		chain := g.pick("INPUT", "INPUT", "ONE", "TWO")
		fmt.Fprintf(&b, "-A %s -p udp%s %s", chain, g.condition(), g.recent())
		if g.IntN(4) == 0 {
			b.WriteString(g.condition() + " " + g.recent())
		}
		b.WriteString(g.target(chain, bit) + "\n")
	}
	if g.IntN(3) == 0 {
		b.WriteString(g.pair())
	}
	if g.IntN(3) == 0 {
		b.WriteString(manyLists)
	}
	b.WriteString("-A INPUT -j ONE\nCOMMIT\n")
	return g.atHook(b.String())
}

// pair is the classic use of a list: one rule records, the next asks.
func (g *generator) pair() string {
	from := "-A INPUT -p udp" + g.condition() + " -m recent --name P "
	return from + "--set\n" + from + g.pick("--rcheck", "--update") +
		fmt.Sprintf(" --seconds %d --hitcount %d", g.windows[g.IntN(len(g.windows))], 2+g.IntN(9)) +
		g.pick(" -j DROP", " -j DROP", " -j ACCEPT", " -j RETURN", " -g TWO") + "\n"
}

// atHook moves the rules of INPUT, and those in front of it, to the hook that
// the packets pass.
func (g *generator) atHook(rules string) string {
	switch g.hook {
	case lab.Forward:
		return strings.ReplaceAll(rules, "INPUT", "FORWARD")
	case lab.Output:
		return strings.NewReplacer("INPUT", "OUTPUT", "PREROUTING", "OUTPUT").Replace(rules)
	}
	return rules
}

// rawTable sees the packets before the mangle table does.
func (g *generator) rawTable() string {
	return "*raw\n:PREROUTING ACCEPT [0:0]\n" +
		"-A PREROUTING -p udp --dport 7002 " + g.recent() + "\n" +
		"-A PREROUTING -p udp --dport 7001 " + g.recent() + g.pick("", " -j ACCEPT", " -j RETURN") + "\nCOMMIT\n"
}

func (g *generator) condition() string {
	return g.pick("", "", "", " -m udp --dport 7001", " -m ttl --ttl-gt 10", " -m length --length 1:1000")
}

// target is mostly a mark, sometimes what ends or leaves the chain.
func (g *generator) target(chain string, bit int) string {
	mark := fmt.Sprintf(" -j MARK --set-xmark 0x%x/0x%x", 1<<bit, 1<<bit)
	switch {
	case g.IntN(6) > 0:
		return mark
	case chain == "INPUT":
		return g.pick(" -j DROP", " -j ACCEPT", " -j RETURN", "", " -j ONE", " -j TWO", " -j TWO", " -g TWO")
	case chain == "ONE":
		return g.pick(" -j DROP", " -j ACCEPT", " -j RETURN", "", " -j TWO", " -j TWO", " -g TWO")
	}
	return g.pick(" -j DROP", " -j ACCEPT", " -j RETURN", " -j RETURN", " -j RETURN", "")
}

// manyLists are rules that no packet reaches, about lists so large that every list gets one set.
var manyLists = func() (s string) {
	for n := range 12 {
		s += fmt.Sprintf("-A TWO -s 0.0.0.0/32 -m recent --rcheck --seconds 9 --hitcount 32 --name Z%d\n", n)
	}
	return s
}()

// inFamilies writes a rule set for both families. Their lists have different
// names, because xt_recent applies the first one's mask to the addresses of both.
func inFamilies(rules string) (v4, v6 string) {
	v4 = strings.ReplaceAll(rules, "MASK", "255.255.255.252")
	v6 = strings.NewReplacer("MASK", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffc", "-m ttl --ttl-gt", "-m hl --hl-gt", "--name ", "--name V6", "0.0.0.0/32", "::/128").Replace(rules)
	return v4, v6
}
