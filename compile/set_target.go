package compile

import (
	"slices"

	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/internal/diag"
	"github.com/recentc/recentc/internal/display"
	"github.com/recentc/recentc/ipset"
)

// ChangeSet adds what the packet has to a set of ipset, or removes it. The packet
// goes on, also where the set is full.
type ChangeSet struct {
	// Add and Remove may both be given; Add acts first.
	Add, Remove *SetRef
	// Again makes an entry that is there already young again.
	Again bool
	// Timeout is how many seconds the entry lives, 0 for ever; the set's own where
	// the rule says nothing.
	Timeout uint32
}

// Extension implements Target.
func (*ChangeSet) Extension() string { return "SET" }

// Ends implements Target.
func (*ChangeSet) Ends() bool { return false }

var setTarget = &extension{
	name: "SET",
	options: []option{
		{name: "add-set", args: 2, not: true}, {name: "del-set", args: 2, not: true}, {name: "map-set", args: 2, not: true},
		{name: "exist", not: true, multi: true}, {name: "timeout", args: 1, not: true, multi: true},
		{name: "map-mark", not: true, multi: true}, {name: "map-prio", not: true, multi: true}, {name: "map-queue", not: true, multi: true},
	},
	target: func(c *call) Target {
		t := &ChangeSet{Again: c.has("exist")}
		if !c.setTargetRules() || !c.each(func(g *given) bool { return c.setTargetOption(t, g) }) {
			return nil
		}
		switch {
		case t.Add != nil && !t.Add.Set.Timed:
			t.Timeout = 0
		case t.Add != nil && !c.has("timeout"):
			t.Timeout = t.Add.Set.Timeout
		}
		return t
	},
}

func (c *call) setTargetRules() bool {
	if g := c.get("map-set"); g != nil {
		c.unsupported(g.at, "--map-set", "nftables cannot change a part of the mark, or the queue, by an element. Mark the packets with a map of nftables by hand.")
		return false
	}
	if !c.has("add-set") && !c.has("del-set") {
		c.missing("--add-set NAME FLAGS or --del-set NAME FLAGS")
		return false
	}
	for _, o := range []string{"exist", "timeout"} {
		if !c.has("add-set") && c.has(o) {
			c.missing("--add-set with --" + o)
			return false
		}
	}
	return true
}

const maxSetTimeout = 2147483

func (c *call) setTargetOption(t *ChangeSet, g *given) bool {
	if g.not {
		c.warn(diag.OddValue, g.at, "the \"!\" in front of --"+g.name+" has no effect",
			"iptables takes the \"!\" with any option of -j SET and looks at it with none. It is translated as it acts.", "Remove the \"!\".")
	}
	switch g.name {
	case "timeout":
		n, ok := c.number(g.value(), 0, 1<<32-2)
		t.Timeout = uint32(min(n, maxSetTimeout))
		return ok
	case "add-set":
		r, ok := c.setRef(g.values, true)
		t.Add = &r
		return ok
	case "del-set":
		r, ok := c.setRef(g.values, true)
		t.Remove = &r
		return ok
	}
	return true
}

// SetUse is a set that rules ask or change.
type SetUse struct {
	*ipset.Set
	// Members are those of a list, in its order.
	Members []*ipset.Set
	// Adds are the rules that add to it, Removed tells that some remove from it.
	Adds    []*Rule
	Removed bool
}

// usedSets collects the sets of all rules, sorted by name. A change to a list is
// one to the only member that fits; others are errors.
func usedSets(s *ruleSet) (out []*SetUse) {
	u := &setUses{s, map[string]*SetUse{}}
	for _, t := range s.order {
		for _, c := range t.order {
			for _, r := range c.Rules {
				u.rule(r)
			}
		}
	}
	for _, name := range sortedKeys(u.byName) {
		out = append(out, u.byName[name])
	}
	return out
}

type setUses struct {
	*ruleSet
	byName map[string]*SetUse
}

func (u *setUses) rule(r *Rule) {
	for _, step := range r.Steps {
		if m, ok := step.(*InSet); ok {
			u.use(m.Set)
		}
	}
	t, ok := r.Target.(*ChangeSet)
	if !ok {
		return
	}
	if t.Add != nil && u.single(r, t.Add) && t.Add.Fits(u.family) {
		use := u.use(t.Add.Set)
		use.Adds = append(use.Adds, r)
	}
	if t.Remove != nil && u.single(r, t.Remove) && t.Remove.Fits(u.family) {
		u.use(t.Remove.Set).Removed = true
	}
}

// use notes a set, and the members of a list that can match at all.
func (u *setUses) use(s *ipset.Set) *SetUse {
	use := u.byName[s.Name]
	if use != nil {
		return use
	}
	if s.Script && (s.Family == ast.FamilyUnknown || s.Family == u.family) {
		u.moves(s)
	}
	use = &SetUse{Set: s}
	u.byName[s.Name] = use
	if s.Type.List {
		for i := range s.Entries {
			if m := u.opts.Sets[s.Entries[i].Member]; m != nil {
				use.Members = append(use.Members, m)
				u.use(m)
			}
		}
	}
	return use
}

// moves warns of a set that a script made: whatever fills it fills ipset's.
func (u *setUses) moves(s *ipset.Set) {
	u.diags.Add(diag.Diagnostic{
		Code: diag.IPSetMoves, Severity: diag.Warning, File: s.File.Name, Range: s.Range, Line: s.File.Line(s.Range.Start.Line),
		Summary: "set " + s.Name + " becomes a set of nftables, with the entries that the script gives it",
		Why:     "Programs that fill it by `ipset add` later fill the old set, which no rule asks any more.",
		Fix:     "Have them add to the set of the translation, whose name and form stand in its output: " + addElement(s, u.family),
	})
}

// addElement is a command that does what ipset add did.
func addElement(s *ipset.Set, f ast.Family) string {
	family, element := "ip", "192.0.2.1"
	if f == ast.IPv6 {
		family, element = "ip6", "2001:db8::1"
	}
	if ipset.NewLookup(&ipset.Set{Type: s.Type}) == nil {
		element = "..."
	}
	return "nft add element " + family + " recentc " + display.Shell(s.Name) + " { " + element + " }"
}

// single replaces a list by its only member that fits: of several the kernel
// takes the first that is not full and does not have the entry yet.
func (u *setUses) single(r *Rule, ref *SetRef) bool {
	if !ref.Set.Type.List {
		return true
	}
	var fitting []*ipset.Set
	for _, e := range ref.Set.Entries {
		if m := u.opts.Sets[e.Member]; m != nil && (&SetRef{m, ref.Sides}).Fits(u.family) {
			fitting = append(fitting, m)
		}
	}
	if len(fitting) == 1 {
		ref.Set = fitting[0]
		return true
	}
	r.Failed = true
	u.diags.Add(diag.Diagnostic{
		Code: diag.Unsupported, Severity: diag.Error, File: r.File.Name, Range: r.Range, Line: r.File.Line(r.Range.Start.Line), Rule: true,
		Summary: "-j SET on the list " + ref.Set.Name + " of several sets is not translated",
		Why:     "The kernel changes the first of them that takes the change, which depends on what is in each at that moment.",
		Fix:     "Name the set itself in place of the list.",
	})
	return false
}

// Changed tells whether packets change the set.
func (u *SetUse) Changed() bool { return len(u.Adds) > 0 || u.Removed }

// AddTargets are the targets of the rules that add to the set.
func (u *SetUse) AddTargets() (out []*ChangeSet) {
	for _, r := range u.Adds {
		out = append(out, r.Target.(*ChangeSet))
	}
	return out
}

// Fitting are the members of a list that the kernel looks into.
func (u *SetUse) Fitting(sides []Side, f ast.Family) []*ipset.Set {
	return slices.DeleteFunc(slices.Clone(u.Members), func(m *ipset.Set) bool { return !(&SetRef{m, sides}).Fits(f) })
}
