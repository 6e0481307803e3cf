package compile

import (
	"cmp"
	"sort"

	"github.com/recentc/recentc/ast"
)

// table is one of iptables' tables while it is being filled.
type table struct {
	name   string
	chains map[string]*Chain
	// order is the chains in the order in which they appeared, built-in first.
	order []*Chain
	// opened is where the table's section began, for messages.
	opened ast.Range
	file   *ast.File
}

// tableHooks are the built-in chains of each table.
var tableHooks = map[string][]Hook{
	"filter":   {Input, Forward, Output},
	"nat":      {Prerouting, Input, Output, Postrouting},
	"mangle":   {Prerouting, Input, Forward, Output, Postrouting},
	"raw":      {Prerouting, Output},
	"security": {Input, Forward, Output},
}

// builtinNames are the chains' names in iptables, by hook.
var builtinNames = [...]string{"PREROUTING", "INPUT", "FORWARD", "OUTPUT", "POSTROUTING"}

func newTable(name string, f *ast.File, at ast.Range) *table {
	t := &table{name: name, chains: map[string]*Chain{}, opened: at, file: f}
	for _, h := range tableHooks[name] {
		t.add(&Chain{Table: name, Name: builtinNames[h], Hook: h, File: f})
	}
	return t
}

func (t *table) add(c *Chain) {
	t.chains[c.Name] = c
	t.order = append(t.order, c)
}

func (t *table) remove(c *Chain) {
	delete(t.chains, c.Name)
	for i, o := range t.order {
		if o == c {
			t.order = append(t.order[:i:i], t.order[i+1:]...)
		}
	}
}

// used returns the chains that the input mentions: a built-in chain without a
// line of its own and without rules is not part of the rule set.
func (t *table) used() []*Chain {
	var out []*Chain
	for _, c := range t.order {
		if c.Hook == NoHook || c.Range.Start.Line != 0 || len(c.Rules) > 0 {
			out = append(out, c)
		}
	}
	return out
}

// loadOrder gives the rules in the order in which the kernel checks them when
// the table is loaded as a whole: built-in chains by hook, then the others by
// name. It decides which rule is a list's first.
func (t *table) loadOrder() []*Chain {
	out := append([]*Chain(nil), t.order...)
	sort.SliceStable(out, func(i, j int) bool {
		a, b := out[i], out[j]
		if a.Hook != b.Hook {
			return a.Hook < b.Hook
		}
		return a.Hook == NoHook && a.Name < b.Name
	})
	return out
}

// Priority is where iptables registers a table at a hook (NF_IP_PRI_* in the
// kernel): the lowest comes first. Source NAT comes last.
func Priority(table string, h Hook) int {
	if table == "nat" && (h == Input || h == Postrouting) {
		return 100
	}
	return map[string]int{"raw": -300, "mangle": -150, "nat": -100, "filter": 0, "security": 50}[table]
}

// InPacketOrder compares two chains by when a packet passes them: by hook, and at
// a hook by table.
func InPacketOrder(a, b *Chain) int {
	return cmp.Or(cmp.Compare(a.Hook, b.Hook), cmp.Compare(Priority(a.Table, a.Hook), Priority(b.Table, b.Hook)))
}
