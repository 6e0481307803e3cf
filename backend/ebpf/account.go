package ebpf

import (
	"github.com/recentc/recentc/compile"
	"github.com/recentc/recentc/internal/diag"
	"github.com/recentc/recentc/internal/words"
)

// account holds the functions against the programs, in every run: each rule of a chain
// that packets can come to begins some instruction, or is left out with an error. It
// goes through the instructions before those that cannot be reached are dropped.
func (t *translator) account(programs []*compile.Program) {
	have := t.sourceLines()
	for _, r := range t.left {
		have[*lineOf(r)]++
	}
	for _, p := range programs {
		t.prog, t.byName = p, chainsByName(p)
		called := t.called()
		t.unreached(called)
		for _, c := range p.Chains {
			if !called[c] {
				continue
			}
			for _, r := range c.Rules {
				line := *lineOf(r)
				if have[line]--; have[line] < 0 {
					t.diags.Add(diag.RuleLost(r.File, r.Range.Start.Line, "ebpf"))
					return
				}
			}
		}
	}
}

func chainsByName(p *compile.Program) map[[2]string]*compile.Chain {
	all := map[[2]string]*compile.Chain{}
	for _, c := range p.Chains {
		all[[2]string{c.Table, c.Name}] = c
	}
	return all
}

// sourceLines counts the rules that instructions come from.
func (t *translator) sourceLines() map[sourceLine]int {
	seen, lines := map[*sourceLine]bool{}, map[sourceLine]int{}
	for _, f := range t.out.functions {
		for i := range f.code {
			if line := f.code[i].line; line != nil && !seen[line] {
				seen[line] = true
				lines[*line]++
			}
		}
	}
	return lines
}

// unreached says which rules are not in the object because no packet comes to them.
func (t *translator) unreached(called map[*compile.Chain]bool) {
	n := 0
	var first *compile.Rule
	for _, c := range t.prog.Chains {
		if called[c] || len(c.Rules) == 0 {
			continue
		}
		if n += len(c.Rules); first == nil {
			first = c.Rules[0]
		}
	}
	if first == nil {
		return
	}
	t.diags.Add(diag.Diagnostic{
		Code: diag.NotCalled, Severity: diag.Note, File: first.File.Name, Range: first.Range,
		Line: first.File.Line(first.Range.Start.Line), Command: first.Ran,
		Summary: words.Count(n, "rule") + " in chains that nothing calls left out; this is the first",
		Why:     "No packet comes to them, so the BPF programs do not have them.",
		Fix:     "Remove the chains, or call them if that was meant.",
	})
}
