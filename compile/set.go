package compile

import (
	"fmt"
	"slices"
	"strings"

	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/internal/diag"
	"github.com/recentc/recentc/internal/words"
	"github.com/recentc/recentc/ipset"
)

// InSet tests whether a set of ipset has what the packet has at Sides, one for
// each field of the set's entries.
type InSet struct {
	SetRef
	Not bool
	// Exceptions asks for entries with nomatch instead of the others.
	Exceptions bool
	// Uncounted leaves the counters of the entry as they are.
	Uncounted bool
	// ByCounter tells that the counters of the entry are asked too.
	ByCounter bool
}

// SetRef is a set and the sides of a packet that its fields are looked at.
type SetRef struct {
	Set   *ipset.Set
	Sides []Side
}

// Extension implements Step.
func (*InSet) Extension() string { return "set" }

// Kind implements Step.
func (*InSet) Kind() Kind { return Condition }

// setCounters are the options that ask an entry's counters.
var setCounters = []string{"packets-eq", "packets-lt", "packets-gt", "bytes-eq", "bytes-lt", "bytes-gt"}

var setMatch = &extension{
	name: "set",
	options: []option{
		{name: "match-set", args: 2, not: true}, {name: "set", args: 2, not: true, same: "match-set"},
		{name: "return-nomatch", multi: true},
		{name: "update-counters", not: true, multi: true}, {name: "update-subcounters", not: true, multi: true},
		{name: "packets-eq", args: 1, not: true}, {name: "packets-lt", args: 1}, {name: "packets-gt", args: 1},
		{name: "bytes-eq", args: 1, not: true}, {name: "bytes-lt", args: 1}, {name: "bytes-gt", args: 1},
	},
	match: func(c *call) Step {
		g := c.need("match-set", "NAME FLAGS")
		if g == nil {
			return nil
		}
		m := &InSet{Not: g.not, Exceptions: c.has("return-nomatch")}
		ok := c.each(func(g *given) bool { return c.setOption(m, g) })
		if m.SetRef, ok = c.setRef(g.values, ok); !ok {
			return nil
		}
		return m
	},
}

func (c *call) setOption(m *InSet, g *given) (ok bool) {
	switch {
	case g.name == "update-counters" || g.name == "update-subcounters":
		m.Uncounted = m.Uncounted || g.not
	case slices.Contains(setCounters, g.name):
		m.ByCounter = true
		_, ok = c.number(g.value(), 0, 1<<64-1)
		return ok
	}
	return true
}

// setRef finds a set by its name and reads its "src,dst". A set with more fields than
// directions is kept: it has no entry for any packet of the rule.
func (c *call) setRef(words []ast.Word, ok bool) (SetRef, bool) {
	sides, okSides := c.setSides(words[1])
	if !ok || !okSides {
		return SetRef{}, false
	}
	s := c.opts.Sets[words[0].Text]
	if s == nil {
		c.noSuchSet(words[0])
		return SetRef{}, false
	}
	r := SetRef{s, sides}
	return r, c.setFits(words[0], words[1], r)
}

// noSuchSet refuses a rule whose set is not known, and says which that is apart from
// the words: see diag.List.Together.
func (c *call) noSuchSet(name ast.Word) {
	const why = "iptables refuses a rule without its set."
	what := "there is no set " + name.Text
	var d diag.Diagnostic
	switch {
	case c.opts.Sets == nil:
		d = c.diagnostic(diag.Error, diag.Unsupported, name.Range, c.describe()+" is not translated without the set "+name.Text+" of ipset",
			"The set is kept outside of the rules, so its entries are not known here.",
			"Save the sets with `ipset save > sets.ipset` and add --ipset-file sets.ipset to the command.")
	case c.opts.noSetFile:
		d = c.diagnostic(diag.Error, diag.IPSetUnknown, name.Range, what+" at this line", why+" There are taken to be none when the script begins.",
			"Make it with ipset create in front of this line. If it stands on the host, save the sets with `ipset save > sets.ipset` and add --ipset-file sets.ipset to the command.")
	default:
		d = c.diagnostic(diag.Error, diag.IPSetUnknown, name.Range, what+" in the ipset file", why,
			strings.TrimSpace("Save all sets with `ipset save`, on the host that has these rules. "+didYouMean(closest(name.Text, sortedKeys(c.opts.Sets)))))
	}
	d.Missing = name.Text
	c.failed = true
	c.diags.Add(d)
}

// setFits refuses a set of the other family, as iptables does, and warns of one that
// never has anything for a packet because the rule names too few directions.
func (c *call) setFits(name, sides ast.Word, r SetRef) bool {
	set := r.Set
	switch {
	case set.Family != ast.FamilyUnknown && set.Family != c.family:
		c.report(diag.WrongFamily, name.Range, "set "+set.Name+" holds "+familyName(set.Family)+" addresses",
			"iptables refuses a rule whose set is of the other family.", "Name a set of "+familyName(c.family)+" addresses, or move the rule to the file of the other family.")
		return false
	case !r.Fits(c.family) && !set.Type.List:
		c.warn(diag.IPSetUnused, sides.Range, fmt.Sprintf("%s needs %s, one for each of its fields", set.Name, words.Count(len(set.Type.Fields), "direction")),
			"iptables takes the rule, and the kernel never finds anything in the set; so does the translation.", "Write src or dst for each field.")
	}
	return true
}

// Fits tells whether the kernel looks into the set at all for a packet of the
// family: it does not where the family differs, or where a side is missing
// (ip_set_test).
func (r *SetRef) Fits(f ast.Family) bool {
	return len(r.Sides) >= len(r.Set.Type.Fields) && (r.Set.Family == ast.FamilyUnknown || r.Set.Family == f)
}

func (c *call) setSides(w ast.Word) (out []Side, ok bool) {
	for _, p := range split(w, ',') {
		side, ok := c.setSide(p)
		if !ok {
			return nil, false
		}
		out = append(out, side)
	}
	if len(out) > 6 {
		c.bad(w, "more than six directions")
		return nil, false
	}
	return out, true
}

// setSide reads a direction. iptables compares its first three letters only.
func (c *call) setSide(w ast.Word) (Side, bool) {
	name := w.Text[:min(3, len(w.Text))]
	if (name == "src" || name == "dst") && w.Text != name {
		c.readAs(w, name)
		w.Text = name
	}
	i, ok := c.exactly(w, "src", "dst")
	return Side(i), ok
}
