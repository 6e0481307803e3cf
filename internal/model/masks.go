package model

import (
	"cmp"
	"slices"
	"strings"

	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/compile"
)

// maskOf is a list's mask as the kernel keeps it: sixteen bytes of no family. An IPv6 address in a
// list whose first rule is of iptables is masked with an IPv4 mask and what stands behind it: ones
// where iptables was left to its default, and zeros behind a --mask that was written, even if that
// is 255.255.255.255. Then all of a /32 of IPv6 is one address.
func maskOf(p *compile.Program, l *compile.List) (mask [16]byte) {
	if p.Family == ast.IPv4 && !maskWritten(p, l.Name) {
		for i := range mask {
			mask[i] = 255
		}
	}
	copy(mask[:], l.Mask.AsSlice())
	return mask
}

// maskWritten tells whether the first rule of a list that is loaded has a --mask. The Program holds
// only the value, which is that of the default if the rule has none.
func maskWritten(p *compile.Program, list string) bool {
	for _, r := range loadOrder(p) {
		for _, s := range r.Steps {
			if m := origin(s); m != nil && m.Name == list {
				return strings.Contains(textOf(r, m), "--mas")
			}
		}
	}
	return false
}

// loadOrder gives the rules in the order in which the kernel first sees them: commands as they
// stand; of a table that is restored the built-in chains by hook, then the others by name.
func loadOrder(p *compile.Program) []*compile.Rule {
	chains := slices.Clone(p.Chains)
	slices.SortStableFunc(chains, func(a, b *compile.Chain) int {
		if a.Table != b.Table {
			return cmp.Compare(tablePlace(p, a.Table), tablePlace(p, b.Table))
		}
		return cmp.Or(cmp.Compare(a.Hook, b.Hook), cmp.Compare(a.Name, b.Name))
	})
	var rules []*compile.Rule
	for _, c := range chains {
		rules = append(rules, c.Rules...)
	}
	slices.SortStableFunc(rules, func(a, b *compile.Rule) int {
		if a.File != b.File || a.File.Style != ast.Commands {
			return 0
		}
		return cmp.Compare(a.Range.Start.Line, b.Range.Start.Line)
	})
	return rules
}

func tablePlace(p *compile.Program, name string) int {
	return slices.IndexFunc(p.Chains, func(c *compile.Chain) bool { return c.Table == name })
}

// textOf is the match as written.
func textOf(r *compile.Rule, m *compile.Recent) string {
	line := r.File.Line(m.Range.Start.Line)
	start, end := int(m.Range.Start.Column)-1, int(m.Range.End.Column)-1
	if m.Range.Start.Line != m.Range.End.Line || start < 0 || end > len(line) || start > end {
		return r.Source
	}
	return line[start:end]
}
