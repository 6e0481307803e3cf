package compile

import (
	"slices"
	"strings"

	"github.com/recentc/recentc/internal/diag"
)

// hooked is a target that the kernel takes only where all packets come from
// these hooks.
type hooked interface{ hooks() []Hook }

// inTable reports a target outside the tables that have it.
func (c *call) inTable(names ...string) bool {
	if slices.Contains(names, c.table.name) {
		return true
	}
	c.wrongPlace("in the " + strings.Join(names, " or ") + " table")
	return false
}

// atHooks reports a target in a built-in chain whose hook does not have it.
// Chains of the user's own are checked when all rules are known.
func (c *call) atHooks(hooks []Hook) bool {
	if c.chain == nil || c.chain.Hook == NoHook || slices.Contains(hooks, c.chain.Hook) {
		return true
	}
	c.wrongPlace("in " + hookNames(hooks))
	return false
}

func hookNames(hooks []Hook) string {
	names := make([]string, len(hooks))
	for i, h := range hooks {
		names[i] = builtinNames[h]
	}
	return strings.Join(names, ", ") + " and chains called from there"
}

// checkHooks reports targets in chains that are called from a hook which does
// not have them.
func checkHooks(s *ruleSet, reach map[*Chain][NoHook]bool) {
	for _, t := range s.order {
		for _, c := range t.order {
			if c.Hook == NoHook {
				s.checkReached(c, reach[c])
			}
		}
	}
}

func (s *ruleSet) checkReached(c *Chain, from [NoHook]bool) {
	for _, r := range c.Rules {
		t, ok := r.Target.(hooked)
		if !ok {
			continue
		}
		for h := range NoHook {
			if from[h] && !slices.Contains(t.hooks(), h) {
				s.reportReached(c, r, t, h)
				break
			}
		}
	}
}

func (s *ruleSet) reportReached(c *Chain, r *Rule, t hooked, h Hook) {
	s.diags.Add(diag.Diagnostic{
		Code: diag.WrongPlace, Severity: diag.Error, File: r.File.Name, Range: r.Range, Line: r.File.Line(r.Range.Start.Line), Command: r.Ran,
		Summary: "-j " + r.Target.Extension() + " is only valid in " + hookNames(t.hooks()),
		Why:     "Packets come to chain " + c.Name + " from " + builtinNames[h] + "; the kernel refuses the table with \"Invalid argument\".",
		Fix:     "Move the rule to a chain that is not called from there.",
	})
}
