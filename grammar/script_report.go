package grammar

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/internal/diag"
	"mvdan.cc/sh/v3/expand"
	"mvdan.cc/sh/v3/syntax"
)

const scriptFix = "Change the script, or run it where it belongs, save its rules with iptables-save and give that file."

// refuse ends the script with an error. Only the first counts.
func (s *shell) refuse(code diag.Code, r ast.Range, summary, why, fix string) {
	if s.flow == refused {
		return
	}
	s.flow, s.status = refused, 2
	s.add(diag.Error, code, r, summary, why, fix)
}

func (s *shell) add(sev diag.Severity, code diag.Code, r ast.Range, summary, why, fix string) {
	if s.flow != refused && !s.keepBytes(ruleCost+len(summary)) {
		return
	}
	s.diags.Add(diag.Diagnostic{
		Code: code, Severity: sev, File: s.file.Name, Range: r,
		Summary: summary, Why: why, Fix: fix, Line: s.file.Line(r.Start.Line),
	})
}

// notRun refuses what acts on the machine.
func (s *shell) notRun(r ast.Range, what string) {
	s.refuse(diag.NotRun, r, what, "A script is run without touching the machine: only iptables commands, assignments and control flow act.",
		"Remove it if the rules do not depend on it. Or run the script where it belongs, save its rules with iptables-save and give that file.")
}

// notKnown refuses what depends on the machine.
func (s *shell) notKnown(r ast.Range, what, fix string) {
	s.refuse(diag.NotKnown, r, what, "The rules would depend on a machine that recentc does not look at.", fix)
}

func (s *shell) tooLong(r ast.Range, what string) {
	s.refuse(diag.ScriptTooLong, r, what, "Time and memory of a script are bounded, so that each comes to an end here.", scriptFix)
}

// warnOnce warns of each thing once, however often a loop comes by.
func (s *shell) warnOnce(code diag.Code, r ast.Range, summary, why, fix string) {
	key := r.String() + summary
	if !s.warned[key] {
		s.warned[key] = true
		s.add(diag.Warning, code, r, summary, why, fix)
	}
}

// expansionFailed reports an error of the expansion of n.
func (s *shell) expansionFailed(n syntax.Node, err error) {
	r := s.rangeOf(n)
	var unset expand.UnsetParameterError
	if errors.As(err, &unset) {
		s.refuse(diag.ScriptError, s.rangeOf(unset.Node), "the script ends here: "+err.Error(), "The shell stops with an error at this place.",
			"Give the variable its value in front of this line.")
		return
	}
	s.refuse(diag.ScriptError, r, "this expansion fails: "+err.Error(), "", scriptFix)
}

// refuseProcess is for <(...) and >(...).
func (s *shell) refuseProcess(p *syntax.ProcSubst) (string, error) {
	s.notRun(s.rangeOf(p), "a process substitution is not run")
	return "", errRefused
}

// errRefused ends an expansion in which something has been refused.
var errRefused = errors.New("refused")

// noted are the commands that are skipped, and the tests that are taken for granted.
type noted struct {
	kinds  []string
	places map[string][]ast.Range
	seen   map[notedPlace]bool
}

type notedPlace struct {
	kind string
	at   ast.Range
}

// skip notes that a command of a kind is not run.
func (s *shell) skip(kind string, r ast.Range) {
	n := &s.notes
	if n.places == nil {
		n.places, n.seen = map[string][]ast.Range{}, map[notedPlace]bool{}
	}
	if n.places[kind] == nil {
		n.kinds = append(n.kinds, kind)
	}
	if at := (notedPlace{kind, r}); !n.seen[at] && s.keepBytes(ruleCost+len(kind)) {
		n.seen[at] = true
		n.places[kind] = append(n.places[kind], r)
	}
}

// diagnostics says it in one note, at the first place.
func (n *noted) diagnostics(s *shell) (l diag.List) {
	if len(n.kinds) == 0 {
		return nil
	}
	parts := make([]string, len(n.kinds))
	for i, k := range n.kinds {
		parts[i] = k + " (" + lineList(n.places[k]) + ")"
	}
	first := n.places[n.kinds[0]][0]
	l.Add(diag.Diagnostic{
		Code: diag.Skipped, Severity: diag.Note, File: s.file.Name, Range: first, Line: s.file.Line(first.Start.Line),
		Summary: "skipped, as it does not change the rules: " + strings.Join(parts, ", "),
		Why:     "It counts as done without an error. The translation does not do it either: settings of the kernel and modules need a place of their own.",
	})
	return l
}

// lineList writes "line 3" or "lines 3, 5-7".
func lineList(places []ast.Range) string {
	var lines []int
	for _, r := range places {
		lines = append(lines, int(r.Start.Line))
	}
	slices.Sort(lines)
	lines = slices.Compact(lines)
	var parts []string
	for i := 0; i < len(lines); {
		j := i
		for j+1 < len(lines) && lines[j+1] == lines[j]+1 {
			j++
		}
		part := strconv.Itoa(lines[i])
		if j > i {
			part = fmt.Sprintf("%d-%d", lines[i], lines[j])
		}
		parts = append(parts, part)
		i = j + 1
	}
	if len(lines) == 1 {
		return "line " + parts[0]
	}
	return "lines " + strings.Join(parts, ", ")
}
