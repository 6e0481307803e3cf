// Package lint says what an expert would say about a rule set that loads: where
// the rules do something else than they seem to.
//
// It stands after compile and knows no backend. Each check has a file of its own
// with its documentation; checks.go lists them. The checks work on the packets'
// ways through the chains (walk.go), where conditions are compared by meaning
// (region.go), and on what is done with each list on these ways (uses.go).
package lint

import (
	"cmp"
	"slices"
	"strings"

	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/compile"
	"github.com/recentc/recentc/internal/diag"
)

// Check is one thing that is looked for, with its documentation.
type Check struct {
	diag.Explanation
	// Severity is what its findings have unless the documentation says otherwise.
	Severity diag.Severity
	// Since is the version of recentc that first had the check.
	Since string
	// refines are codes of the compiler that say less about the same thing: their
	// messages are left out.
	refines []diag.Code
	// program looks at one rule set, files at the inputs and all rule sets of a
	// run together. Exactly one of them is set.
	program func(p *pass)
	files   func(s *set)
}

// Options are what the caller knows beside the rules.
type Options struct {
	compile.Options
	// HZ are the clock rates of the kernels that may run the rules; none stands
	// for all that are usual.
	HZ []uint32
	// Disable names the codes that are not wanted. Errors of the input cannot be
	// disabled.
	Disable []diag.Code
}

// set is what one run looks at.
type set struct {
	files    []*ast.File
	programs []*compile.Program
	passes   []*pass
	opts     *Options
	check    *Check
	out      *diag.List
	// known tells codes that exist.
	known func(diag.Code) bool
	// never are the lines whose rule the compiler has found never to match.
	never map[place]bool
	// live are the rules as written to which some packet comes; see alive.
	live map[at]bool
	// lines finds rules as they were written.
	lines map[*ast.File]map[ast.Range]*ast.Rule
}

// pass is one rule set with what is known of it.
type pass struct {
	*set
	*flow
	lists []*list
	fates map[*compile.Chain]fate
	// belows is what chains do with lists.
	belows map[*compile.Chain]*below
	// reported has what earlier checks said about lists, so that later ones need
	// not say it again.
	reported map[said]bool
}

type said struct {
	code diag.Code
	list string
}

// Run looks at files as one rule set: those that would be loaded together. parsed
// are the messages of reading them. The result has everything there is to say, in
// the order of the places: errors of the input, warnings of the compiler, and the
// findings of the checks.
func Run(files []*ast.File, parsed diag.List, opts *Options) diag.List {
	programs, compiled := compile.Compile(files, opts.Options)
	correctCheck(compiled)
	s := &set{files: files, programs: programs, opts: opts, out: &diag.List{}, known: knownCode, never: neverIn(compiled), lines: map[*ast.File]map[ast.Range]*ast.Rule{}}
	for _, p := range programs {
		f := follow(p)
		s.passes = append(s.passes, &pass{set: s, flow: f, lists: listsOf(f), fates: map[*compile.Chain]fate{}, belows: map[*compile.Chain]*below{}, reported: map[said]bool{}})
	}
	s.hide()
	checks := Checks()
	for i := range checks {
		s.run(&checks[i])
	}
	out := append(slices.Clone(parsed), s.unrefined(compiled)...)
	out = slices.DeleteFunc(out, func(d diag.Diagnostic) bool { return d.Code == diag.Skipped }) // it concerns a translation only
	out = append(out, *s.out...)
	out = s.wanted(out)
	return tidy(out)
}

func (s *set) run(c *Check) {
	s.check = c
	if c.files != nil {
		c.files(s)
		return
	}
	for _, p := range s.passes {
		c.program(p)
	}
}

// unrefined leaves out what a check says better.
func (s *set) unrefined(l diag.List) diag.List {
	var refined []diag.Code
	for _, c := range Checks() {
		refined = append(refined, c.refines...)
	}
	return slices.DeleteFunc(l, func(d diag.Diagnostic) bool {
		return d.Severity != diag.Error && slices.Contains(refined, d.Code)
	})
}

// wanted leaves out what is disabled.
func (s *set) wanted(l diag.List) diag.List {
	if len(s.opts.Disable) == 0 {
		return l
	}
	return slices.DeleteFunc(l, func(d diag.Diagnostic) bool { return slices.Contains(s.opts.Disable, d.Code) && !Fatal(&d) })
}

// Fatal tells whether a diagnostic says that iptables or the kernel would refuse
// the input, or that it cannot be read.
func Fatal(d *diag.Diagnostic) bool { return d.Severity == diag.Error && !d.Rule }

// tidy sorts findings, and drops one that was found for both families or for
// each address of a rule.
func tidy(l diag.List) diag.List {
	slices.SortStableFunc(l, func(a, b diag.Diagnostic) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Range.Start.Line, b.Range.Start.Line),
			cmp.Compare(a.Range.Start.Column, b.Range.Start.Column), cmp.Compare(a.Code, b.Code))
	})
	return slices.CompactFunc(l, func(a, b diag.Diagnostic) bool {
		return a.Code == b.Code && a.File == b.File && a.Range == b.Range && a.Range.Start.Line > 0
	})
}

// at is a place in an input.
type at struct {
	file *ast.File
	rng  ast.Range
	// ran is the command that a script's line ran, where the line does not show it.
	ran string
}

// ruleAt is the place of a whole rule.
func ruleAt(r *compile.Rule) at { return at{r.File, r.Range, r.Ran} }

// optionAt is the place of an option of a -m recent, or of the match where the
// option is not written.
func optionAt(r *compile.Rule, m *compile.Recent, names ...string) at {
	for _, n := range names {
		if rng, ok := m.Option(n); ok {
			return at{r.File, rng, r.Ran}
		}
	}
	return at{r.File, m.Range, r.Ran}
}

// operationAt is the place of --set, --rcheck, --update or --remove.
func operationAt(r *compile.Rule, m *compile.Recent) at { return optionAt(r, m, m.Op.String()) }

// report adds a finding of the running check.
func (s *set) report(where at, summary, why, fix string) {
	s.reportAs(s.check.Severity, where, summary, why, fix)
}

func (s *set) reportAs(sev diag.Severity, where at, summary, why, fix string) *diag.Diagnostic {
	s.out.Add(diag.Diagnostic{
		Code: s.check.Code, Severity: sev, File: where.file.Name, Range: where.rng,
		Summary: summary, Why: why, Fix: fix, Line: where.file.Line(where.rng.Start.Line), Command: where.ran,
	})
	return &(*s.out)[len(*s.out)-1]
}

// written finds a rule as it stands in its file.
func (s *set) written(r *compile.Rule) *ast.Rule {
	if s.lines[r.File] == nil {
		index := map[ast.Range]*ast.Rule{}
		for _, e := range r.File.Entries {
			if a, ok := e.(*ast.Rule); ok {
				index[a.Range] = a
			}
		}
		s.lines[r.File] = index
	}
	return s.lines[r.File][r.Range]
}

// once tells whether the running check has not spoken about the list before.
func (p *pass) once(l *list) bool {
	k := said{p.check.Code, l.Name}
	before := p.reported[k]
	p.reported[k] = true
	return !before
}

// hide marks lists that are named in rules which could not be compiled: what is
// done with them there is not known.
func (s *set) hide() {
	names := map[string]bool{}
	for _, p := range s.passes {
		for _, c := range p.program.Chains {
			for _, r := range c.Rules {
				if r.Failed && strings.Contains(r.Source, "recent") {
					namesIn(r.Source, names)
				}
			}
		}
	}
	for _, p := range s.passes {
		for _, l := range p.lists {
			l.hidden = names[l.Name]
		}
	}
}

// namesIn adds every word of a rule that may be the name of a list.
func namesIn(source string, names map[string]bool) {
	words := strings.Fields(source)
	names["DEFAULT"] = true
	for _, w := range words {
		names[strings.Trim(w, `"'`)] = true
	}
}
