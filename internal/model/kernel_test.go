package model_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/internal/lab"
)

// together is how many rule sets share a lab: they get the same packets, so a run costs no more time.
const together = 6

// TestRandomAgainstKernel sends random packets to xt_recent and to the model: every verdict, every
// mark, and at the end every stamp must agree.
func TestRandomAgainstKernel(t *testing.T) {
	lab.Require(t)
	for _, hook := range []lab.Hook{lab.Input, lab.Forward, lab.Output} {
		for first := 0; first < ruleSets(); first += together {
			t.Run(fmt.Sprint(hook, first), func(t *testing.T) {
				t.Parallel()
				var sets []*comparison
				for seed := first; seed < min(first+together, ruleSets()); seed++ {
					g := newGenerator(uint64(seed), hook)
					sets = append(sets, newComparison(t, fmt.Sprint("seed ", seed), g.ruleSet(ast.IPv4), g.ruleSet(ast.IPv6)))
				}
				trace := lab.RandomTrace(newRand(uint64(first)), 90, packets(hook)...)
				compareWithKernel(t, hook, trace, sets...)
			})
		}
	}
}

// packets are some from a few addresses, of which some come with several TTLs and to several
// destinations.
func packets(hook lab.Hook) []lab.Packet {
	out := sources(5)
	for _, p := range out[:4] {
		p.TTL = 60
		out = append(out, p)
	}
	if hook == lab.Input {
		return out
	}
	for _, p := range out[:4] {
		p.Dst = out[6+len(out)%2].Src
		if p.Src.Is4() != p.Dst.Is4() {
			p.Dst = out[7-len(out)%2].Src
		}
		out = append(out, p)
	}
	return out
}

// evicting are rules whose lists overflow. What leaves depends on all that was written before, so a
// single wrong order shows for the rest of the trace.
var evicting = [][]string{
	{
		"-m recent --name A --set -j MARK --or-mark 1",
	},
	{
		"-m recent --name A --update --seconds 2 -j MARK --or-mark 2",
		"-m recent --name A --rcheck -j MARK --or-mark 4",
		"-m recent --name A ! --rcheck -m recent --name A --set -j MARK --or-mark 8",
	},
	{
		"-m recent --name A ! --update --seconds 1 --reap -j MARK --or-mark 2",
		"-m recent --name A --rcheck --hitcount 2 -m recent --name A --remove -j MARK --or-mark 4",
		"-m recent --name A --set --rdest -m recent --name A --set",
	},
	{
		"-m recent --name A --rcheck --seconds 1 --reap -j MARK --or-mark 2",
		"-m recent --name A --rcheck --rttl -m recent --name B --set -j MARK --or-mark 4",
		"-m recent --name B --rcheck --hitcount 3 -j RETURN",
		"-m recent --name A --set",
	},
}

// TestEvictionAgainstKernel has twice as many sources as a list holds, of both families, in two
// tables.
func TestEvictionAgainstKernel(t *testing.T) {
	lab.Require(t)
	for hook, chains := range map[lab.Hook][2]string{lab.Input: {"PREROUTING", "INPUT"}, lab.Forward: {"PREROUTING", "FORWARD"}} {
		t.Run(hook.String(), func(t *testing.T) {
			t.Parallel()
			var sets []*comparison
			for i, rules := range evicting {
				rules4 := in("mangle", chains[0], rules) + in("filter", chains[1], evicting[(i+1)%len(evicting)])
				rules6 := strings.ReplaceAll(in("mangle", chains[1], rules), "--or-mark ", "--or-mark 0x1")
				sets = append(sets, newComparison(t, fmt.Sprint("evicting ", i), rules4, rules6))
			}
			compareWithKernel(t, hook, lab.RandomTrace(newRand(uint64(hook)), 40, sources(110)...), sets...)
		})
	}
}

// in makes a file of rules that stand in one chain.
func in(tableName, chain string, rules []string) string {
	var lines []string
	for _, r := range rules {
		lines = append(lines, "-A "+chain+" "+r)
	}
	return table(tableName, lines...)
}
