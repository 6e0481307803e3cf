package nft

import (
	"fmt"

	"github.com/recentc/recentc/internal/diag"
)

// maxDepth is how many chains may follow each other by jump and goto
// (NFT_JUMP_STACK_SIZE); the kernel refuses a table with more.
const maxDepth = 16

// checkDepth reports a table that the kernel would refuse with "Too many links".
func (t *translator) checkDepth() {
	d := depths{calls: map[string][]string{}, known: map[string]int{}}
	for _, list := range [][]*chain{t.listChains, t.chains} {
		for _, c := range list {
			d.calls[c.name] = called(c)
		}
	}
	for _, c := range t.chains {
		if c.hook == "" {
			continue
		}
		if n := d.of(c.name); n > maxDepth {
			t.diags.Add(diag.Diagnostic{
				Code: diag.TooDeep, Severity: diag.Error, File: t.prog.Sources[0],
				Summary: fmt.Sprintf("chain %s calls chains %d deep in the output", c.name, n),
				Why:     fmt.Sprintf("The kernel allows %d levels in nftables, gotos included, and refuses the table.", maxDepth),
				Fix:     "Let fewer chains call each other in a row.",
			})
		}
	}
}

// depths holds the length of the longest way from each chain.
type depths struct {
	calls map[string][]string
	known map[string]int
}

func (d depths) of(name string) int {
	if n, ok := d.known[name]; ok {
		return n
	}
	d.known[name] = 1 // a circle was refused before; do not follow it for ever
	n := 0
	for _, next := range d.calls[name] {
		n = max(n, d.of(next))
	}
	d.known[name] = n + 1
	return n + 1
}

// called are the chains that a chain's rules jump or go to, each once.
func called(c *chain) (out []string) {
	seen := map[string]bool{}
	add := func(to string) {
		if to != "" && !seen[to] {
			seen[to] = true
			out = append(out, to)
		}
	}
	for _, to := range c.calls {
		add(to)
	}
	for r := range c.all {
		for j := range r.stmts {
			add(r.stmts[j].calls())
		}
	}
	return out
}
