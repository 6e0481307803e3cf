package cli

import (
	"fmt"

	"github.com/recentc/recentc/backend"
	"github.com/recentc/recentc/compile"
	"github.com/recentc/recentc/internal/diag"
	"github.com/recentc/recentc/internal/display"
	"github.com/recentc/recentc/internal/words"
	"github.com/recentc/recentc/ipset"
)

// summary tells on standard error how faithful the translation is.
func (c *Command) summary(out *translation) {
	display.Fprintf(c.Stderr, "recentc: %s translated", words.Count(out.rules, "rule"))
	if len(out.matches) == 0 {
		fmt.Fprintln(c.Stderr, "; no recent match among them")
		return
	}
	var number [3]int
	for _, m := range out.matches {
		number[m.Fidelity]++
	}
	display.Fprintf(c.Stderr, "; %s: %d exact, %d bounded, %d approximate\n",
		words.Count(len(out.matches), "recent match"), number[backend.Exact], number[backend.Bounded], number[backend.Approximate])
	for _, m := range out.matches {
		if m.Fidelity == backend.Bounded {
			display.Fprintf(c.Stderr, "  %s %s: %s: %s\n", diag.Place(m.Rule.File.Name, m.Recent.Range), phrase(m.Recent), m.Fidelity, m.Reason)
		}
	}
	display.Fprintf(c.Stderr, "  %s\n", out.full)
}

// unusedSets tells how many sets of the ipset files are not in the output.
func (c *Command) unusedSets(programs []*compile.Program, sets ipset.Collection) {
	used := map[string]bool{}
	for _, p := range programs {
		for _, s := range p.Sets {
			used[s.Name] = true
		}
	}
	if n := len(sets) - len(used); n > 0 {
		display.Fprintf(c.Stderr, "  %s of ipset left out: no rule names them.\n", words.Count(n, "set"))
	}
}

// phrase names a recent match by its operation and list.
func phrase(m *compile.Recent) string {
	s := "--" + m.Op.String() + " --name " + display.Shell(m.Name)
	if m.Not {
		s = "! " + s
	}
	if m.Seconds > 0 {
		s += fmt.Sprintf(" --seconds %d", m.Seconds)
	}
	if m.Hits > 0 {
		s += fmt.Sprintf(" --hitcount %d", m.Hits)
	}
	return s
}

// approximations are the recent matches that can differ from xt_recent:
// warnings, and errors under --strict.
func approximations(matches []backend.Match, strict bool) (l diag.List) {
	for _, m := range matches {
		if m.Fidelity != backend.Approximate {
			continue
		}
		f := m.Rule.File
		d := diag.Diagnostic{
			Code: diag.Approximate, Severity: diag.Warning, File: f.Name, Range: m.Recent.Range,
			Line: f.Line(m.Recent.Range.Start.Line), Command: m.Rule.Ran, Summary: phrase(m.Recent) + " is only approximate", Why: m.Reason + ".",
		}
		if strict {
			d.Code, d.Severity = diag.NotStrict, diag.Error
			d.Fix = "Change the rule, or translate without --strict."
		}
		l.Add(d)
	}
	return l
}
