package model

import (
	"fmt"
	"slices"
	"strings"

	"github.com/recentc/recentc/compile"
)

// Gap is a part of a rule that the model cannot interpret.
type Gap struct {
	Chain *compile.Chain
	Rule  *compile.Rule
	// Part is the match ("-m set") or target ("-j DNAT") in question; empty if it is all of it.
	Part string
	// Why says what is missing.
	Why string
}

// String is one line about the rule, with its place in the input.
func (g Gap) String() string {
	return fmt.Sprintf("%s:%s: %s: %s", g.Rule.File.Name, g.Rule.Range, orDefault(g.Part, "the rule"), g.Why)
}

// Unknown is the error of [New] for programs with rules that cannot be interpreted. Every one of them
// may decide about a packet or change a list, so nothing that a machine without them said could be
// trusted.
type Unknown []Gap

// Error has one line for each.
func (u Unknown) Error() string {
	lines := []string{"model: rules that cannot be interpreted:"}
	for _, g := range u {
		lines = append(lines, g.String())
	}
	return strings.Join(lines, "\n")
}

// Uninterpreted lists what [New] would refuse, in the order of the rules; nil if it is nothing.
func Uninterpreted(programs []*compile.Program) (unknown Unknown) {
	for _, p := range programs {
		for _, c := range p.Chains {
			for _, r := range c.Rules {
				unknown = append(unknown, gaps(p, c, r)...)
			}
		}
	}
	return unknown
}

func gaps(p *compile.Program, c *compile.Chain, r *compile.Rule) (found []Gap) {
	if r.Failed {
		return []Gap{{c, r, "", "it could not be compiled"}}
	}
	for _, s := range r.Steps {
		if why := stepGap(s); why != "" {
			found = append(found, Gap{c, r, "-m " + s.Extension(), why})
		}
	}
	if r.Target == nil {
		return found
	}
	if why := targetGap(p, c, r.Target); why != "" {
		found = append(found, Gap{c, r, "-j " + r.Target.Extension(), why})
	}
	return found
}

// stepGap tells why a step cannot be interpreted, empty if it can.
func stepGap(s compile.Step) string {
	if s.Kind() == compile.Remark || compile.Origin(s) != nil {
		return ""
	}
	m, ok := matches[s.Extension()]
	if !ok {
		return notInterpreted
	}
	return m.gap(s)
}

// targetGap tells why a target cannot be interpreted, empty if it can.
func targetGap(p *compile.Program, c *compile.Chain, t compile.Target) string {
	if j, ok := t.(*compile.Jump); ok {
		if p.Chain(c.Table, j.Chain) == nil {
			return "there is no chain " + j.Chain
		}
		return ""
	}
	m, ok := targets[t.Extension()]
	switch {
	case !ok:
		return notInterpreted
	case m.lengthens && asksLength(p):
		return maybeLonger
	}
	return m.gap
}

func asksLength(p *compile.Program) bool {
	return slices.ContainsFunc(rulesOf(p), func(r *compile.Rule) bool {
		return slices.ContainsFunc(r.Steps, func(s compile.Step) bool {
			return s.Extension() == "length" || s.Extension() == "quota"
		})
	})
}

const notInterpreted = "the model does not know it"
