package model_test

import (
	"fmt"
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
