package verify

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/compile"
	"github.com/recentc/recentc/internal/diag"
)

// A bench is the two sides, ready to be compared.
type bench struct {
	Options
	files    []*ast.File
	programs []*compile.Program
	firewall firewall
	original side
	left     []LeftOut
	out      map[*ast.Rule]string // rules left out of both sides, and why
}

// A LeftOut is a rule that neither side was given, so that nothing is known about it.
type LeftOut struct {
	Place  string `json:"place"`
	Rule   string `json:"rule"`
	Reason string `json:"reason"`
}

// prepare compiles, translates and loads, and leaves out rule by rule what cannot be, until both sides
// have the same rules.
func prepare(files []*ast.File, o Options) (*bench, error) {
	o.Against = cmp.Or(o.Against, Kernel)
	b := &bench{Options: o, out: map[*ast.Rule]string{}, left: []LeftOut{}}
	b.original = b.newSide()
	for _, f := range files {
		b.files = append(b.files, withFamily(f, o.Compile))
	}
	b.leaveTable("nat", "no packet here is sent through address translation")
	for range 10 {
		again, err := b.try()
		if err != nil {
			return nil, err
		}
		if !again {
			b.list()
			return b, nil
		}
	}
	return nil, errors.New("the rules could not be brought into a form that both sides load")
}

// try makes both sides of the rules that are still in. again tells that more had to be left out.
func (b *bench) try() (again bool, err error) {
	files := b.filtered()
	programs, diags := compile.Compile(files, b.Compile)
	out, more := b.Backend.make(programs)
	if diags = append(diags, more...); diags.HasErrors() {
		return b.leaveFailed(diags)
	}
	b.programs, b.firewall = programs, out
	if b.leaveChance() {
		return true, nil
	}
	return b.original.try()
}

// leaveFailed leaves out the rules that have errors of their own. Other errors are those of the input.
func (b *bench) leaveFailed(diags diag.List) (again bool, err error) {
	for _, d := range diags {
		if d.Severity != diag.Error {
			continue
		}
		r := b.ruleAt(d.File, d.Range, d.Command)
		if r == nil || !d.Rule {
			return false, &InputError{diags}
		}
		if b.out[r] == "" {
			b.out[r], again = "it is not translated: "+d.Summary, true
		}
	}
	if !again {
		return false, &InputError{diags}
	}
	return true, nil
}

// leaveChance leaves out rules that do something else for the same packet each time.
func (b *bench) leaveChance() (again bool) {
	for _, p := range b.programs {
		for _, c := range p.Chains {
			for _, r := range c.Rules {
				chance := slices.ContainsFunc(r.Steps, func(s compile.Step) bool {
					m, ok := s.(*compile.Statistic)
					return ok && m.Every == 0
				})
				if at := b.ruleAt(r.File.Name, r.Range, r.Ran); chance && at != nil {
					b.out[at], again = "it decides by chance, so that two firewalls differ that are the same", true
				}
			}
		}
	}
	return again
}

// ruleAt finds the command at a place. A line of a script may run several: ran
// tells them apart, and those that are not left out come first.
func (b *bench) ruleAt(file string, at ast.Range, ran string) (found *ast.Rule) {
	for _, f := range b.files {
		for _, e := range f.Entries {
			r, ok := e.(*ast.Rule)
			if !ok || f.Name != file || at.Start.Line < r.Start.Line || r.End.Line < at.Start.Line || r.Ran() != ran {
				continue
			}
			if b.out[r] == "" {
				return r
			}
			found = r
		}
	}
	return found
}

// list notes what was left out, in the order of the files.
func (b *bench) list() {
	for _, f := range b.files {
		for _, e := range f.Entries {
			if r, ok := e.(*ast.Rule); ok && b.out[r] != "" {
				b.left = append(b.left, LeftOut{place(f, r.Range), f.Line(r.Start.Line), b.out[r]})
			}
		}
	}
}

func place(f *ast.File, r ast.Range) string { return fmt.Sprintf("%s:%d", f.Name, r.Start.Line) }
