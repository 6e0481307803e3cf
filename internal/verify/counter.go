package verify

import (
	"fmt"
	"strings"

	"github.com/recentc/recentc/compile"
	"github.com/recentc/recentc/internal/lab"
)

// counters tell how many packets each rule of the original matched.
type counters map[*compile.Rule]uint64

// count reads the counters of the original in its namespace.
func (b *bench) count(ns *lab.Namespace) (counters, error) {
	all := counters{}
	for _, p := range b.programs {
		text, err := ns.Run("", tool(p.Family, "save"), "-c")
		if err != nil {
			return nil, err
		}
		if err := all.assign(p, parseCounters(text)); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// parseCounters reads what iptables-save -c prints: the packets of each rule, by table and chain.
func parseCounters(text string) map[[2]string][]uint64 {
	found := map[[2]string][]uint64{}
	table := ""
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "*") {
			table = strings.TrimSpace(line[1:])
		}
		var packets, bytes uint64
		var chain string
		if n, _ := fmt.Sscanf(line, "[%d:%d] -A %s", &packets, &bytes, &chain); n == 3 {
			at := [2]string{table, chain}
			found[at] = append(found[at], packets)
		}
	}
	return found
}

// assign gives each rule of the program its counter. The kernel has the rules in the program's order.
func (c counters) assign(p *compile.Program, found map[[2]string][]uint64) error {
	for _, chain := range p.Chains {
		have := found[[2]string{chain.Table, strings.Trim(chain.Name, `"`)}]
		if len(have) != len(chain.Rules) {
			return fmt.Errorf("chain %s of table %s has %d rules in the kernel and %d in the file", chain.Name, chain.Table, len(have), len(chain.Rules))
		}
		for i, r := range chain.Rules {
			c[r] = have[i]
		}
	}
	return nil
}

// since gives what was counted after the other counters were read.
func (c counters) since(before counters) counters {
	out := counters{}
	for r, n := range c {
		out[r] = n - before[r]
	}
	return out
}
