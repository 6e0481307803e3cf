// Package readback holds what nft loaded against what a translation means. nft is a
// compiler of its own: what it makes of a text that reads right is looked at in the
// kernel, expression by expression.
package readback

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/recentc/recentc/backend/nft"
	"github.com/recentc/recentc/internal/bytecode/kernel"
)

// Difference is a rule that nft loaded otherwise than it was meant.
type Difference struct {
	Table, Chain string
	// Place is that of the rule of the input, such as rules.v4:12.
	Place string
	// Rule is its place in the chain, from 1.
	Rule int
	// Meant and Loaded are the facts of package bytecode.
	Meant, Loaded []string
}

// String says where the two differ, on one line.
func (d Difference) String() string {
	only := func(a, b []string) string {
		var out []string
		for _, s := range a {
			if !slices.Contains(b, s) {
				out = append(out, s)
			}
		}
		return strings.Join(out, "; ")
	}
	meant, loaded := only(d.Meant, d.Loaded), only(d.Loaded, d.Meant)
	if meant == "" && loaded == "" {
		meant, loaded = strings.Join(d.Meant, "; "), strings.Join(d.Loaded, "; ")
	}
	return fmt.Sprintf("%s chain %s, rule %d: meant (%s), loaded (%s)", d.Table, d.Chain, d.Rule, meant, loaded)
}

// Check reads a table back from the kernel and compares its rules with what they mean,
// in the network namespace of the calling thread. It fails where the table cannot be read.
func Check(t nft.Table) ([]Difference, error) {
	loaded, err := kernel.Read(t.Family, t.Name)
	if err != nil {
		return nil, err
	}
	return Compare(t, loaded), nil
}

// Compare compares the rules of a table with what they mean. A rule whose meaning is not
// known as a whole is held to the number of rules only.
func Compare(t nft.Table, loaded *kernel.Table) (out []Difference) {
	name := "table " + t.Family + " " + t.Name
	for _, c := range loaded.Chains {
		meant, place := t.Meanings[c.Name], ""
		for i := range max(len(meant), len(c.Rules)) {
			d := Difference{Table: name, Chain: c.Name, Rule: i + 1}
			partial := false
			if i < len(meant) {
				d.Meant, partial = meant[i].Facts, meant[i].Partial
				place = cmp.Or(meant[i].Place, place)
				d.Place = place
			}
			if i < len(c.Rules) {
				d.Loaded = loaded.Facts(c.Rules[i])
			}
			there := i < len(meant) && i < len(c.Rules)
			if !there || !partial && !slices.EqualFunc(d.Meant, d.Loaded, same) {
				out = append(out, d)
			}
		}
	}
	for chain, meant := range t.Meanings {
		if loaded.Chain(chain) == nil && len(meant) > 0 {
			out = append(out, Difference{Table: name, Chain: chain, Rule: 1, Place: meant[0].Place, Meant: meant[0].Facts})
		}
	}
	return out
}

// lifetime finds the life of an element in a fact: attribute 6 of a write to a set.
var lifetime = regexp.MustCompile(`^(dynset .* 6=)([0-9a-f]{16})(.*)$`)

// tick is the longest tick of a kernel's clock, in milliseconds, to which the kernel
// rounds the life of an element.
const tick = 10

// same tells whether two facts say the same, but for the rounding of an element's life.
func same(meant, loaded string) bool {
	if meant == loaded {
		return true
	}
	a, b := lifetime.FindStringSubmatch(meant), lifetime.FindStringSubmatch(loaded)
	if a == nil || b == nil || a[1] != b[1] || a[3] != b[3] {
		return false
	}
	x, _ := strconv.ParseInt(a[2], 16, 64)
	y, _ := strconv.ParseInt(b[2], 16, 64)
	return x-y < tick && y-x < tick
}
