package kernel

import (
	"fmt"
	"slices"
)

// Differences says what two loaded tables do otherwise: chains that only one has, and rules
// with other facts. Tables that treat every packet alike have none; their sets' elements
// are not looked at.
func Differences(a, b *Table) (out []string) {
	for _, c := range a.Chains {
		other := b.Chain(c.Name)
		if other == nil {
			out = append(out, fmt.Sprintf("chain %s is in the first only", c.Name))
			continue
		}
		if len(c.Rules) != len(other.Rules) {
			out = append(out, fmt.Sprintf("chain %s has %d rules, then %d", c.Name, len(c.Rules), len(other.Rules)))
			continue
		}
		for i := range c.Rules {
			if x, y := a.Facts(c.Rules[i]), b.Facts(other.Rules[i]); !slices.Equal(x, y) {
				out = append(out, fmt.Sprintf("chain %s, rule %d: %v, then %v", c.Name, i+1, x, y))
			}
		}
	}
	for _, c := range b.Chains {
		if a.Chain(c.Name) == nil {
			out = append(out, fmt.Sprintf("chain %s is in the second only", c.Name))
		}
	}
	return out
}
