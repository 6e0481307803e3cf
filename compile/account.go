package compile

import (
	"strconv"
	"strings"

	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/internal/diag"
	"github.com/recentc/recentc/internal/words"
)

// The account is a check of this package on itself, in every run: each rule of the
// input is in a program, is an error, was removed by a later command, or is said to be
// one of the other family. It goes from what the input has to what the programs have,
// and uses nothing that compiling has noted on the way but what commands removed.

// account holds the files against the programs that were made of them. An input with
// errors gives no output, so there is nothing to hold.
func account(files []*ast.File, sets map[ast.Family]*ruleSet, programs []*Program, opts *Options, diags *diag.List) {
	otherFamily(files, opts, diags)
	if wrong(*diags) {
		return
	}
	for _, p := range programs {
		b := newBalance(p.Family)
		for _, f := range files {
			if loads(f, opts.Family, p.Family) {
				b.expect(f)
			}
		}
		b.found(p, sets[p.Family].gone)
		if d := b.lost(files); d != nil {
			diags.Add(*d)
			return
		}
	}
}

// wrong tells whether some error is about more than one rule that can be left out.
func wrong(l diag.List) bool {
	for i := range l {
		if l[i].Severity == diag.Error && !l[i].Rule {
			return true
		}
	}
	return false
}

func loads(f *ast.File, forced, family ast.Family) bool {
	for _, have := range familiesOf(f, forced) {
		if have == family {
			return true
		}
	}
	return false
}

// adds tells a command that puts rules into a chain.
func adds(r *ast.Rule) bool { return r.Op == ast.Append || r.Op == ast.Insert || r.Op == ast.Replace }

// concerns tells whether a rule is one of the family's.
func concerns(r *ast.Rule, family ast.Family) bool {
	return (r.Family == ast.FamilyUnknown || r.Family == family) && (r.Only == ast.FamilyUnknown || r.Only == family)
}

// balance counts, for each line, the rules of it whose fate is not known yet.
type balance struct {
	family ast.Family
	open   map[*ast.File][]int32
	room   ast.Room
}

func newBalance(family ast.Family) *balance {
	return &balance{family: family, open: map[*ast.File][]int32{}}
}

// expect adds the rules that a file has.
func (b *balance) expect(f *ast.File) {
	var lines []int32
	for _, e := range f.Entries {
		r, ok := e.(*ast.Rule)
		if !ok || !adds(r) || !concerns(r, b.family) {
			continue
		}
		at := int(r.Start.Line)
		if at >= len(lines) {
			lines = append(lines, make([]int32, max(at+1, 2*len(lines))-len(lines))...)
		}
		lines[at] += b.copies(r)
	}
	b.open[f] = lines
}

// copies is how many rules iptables makes of a written one: one for each pair of the
// addresses in -s and -d.
func (b *balance) copies(r *ast.Rule) int32 {
	if strings.IndexByte(r.Source, ',') < 0 {
		return 1
	}
	n := 1
	for _, o := range r.Options(&b.room) {
		switch o.Name {
		case "-s", "--source", "--src", "-d", "--destination", "--dst":
			if len(o.Values) > 0 {
				n *= 1 + strings.Count(o.Values[0].Text, ",")
			}
		}
	}
	return int32(n)
}

// A removed rule is one that a later command took away.
type removed struct {
	file *ast.File
	line uint32
}

// remove notes rules that a command takes away.
func (s *ruleSet) remove(rules ...*Rule) {
	for _, r := range rules {
		s.gone = append(s.gone, removed{r.File, r.Range.Start.Line})
	}
}

// found takes off what a program has, and what was removed from it.
func (b *balance) found(p *Program, gone []removed) {
	for _, c := range p.Chains {
		for _, r := range c.Rules {
			if r.Failed {
				b.close(r.File, r.Range.Start.Line) // one place stands for all pairs
			} else {
				b.take(r.File, r.Range.Start.Line)
			}
		}
	}
	for _, r := range gone {
		b.take(r.file, r.line)
	}
}

func (b *balance) take(f *ast.File, line uint32) {
	if lines := b.open[f]; int(line) < len(lines) {
		lines[line]--
	}
}

func (b *balance) close(f *ast.File, line uint32) {
	if lines := b.open[f]; int(line) < len(lines) {
		lines[line] = 0
	}
}

// lost is the error about the first rule whose fate is not known, nil if there is none.
func (b *balance) lost(files []*ast.File) *diag.Diagnostic {
	for _, f := range files {
		for line, n := range b.open[f] {
			if n > 0 {
				d := diag.RuleLost(f, uint32(line), "compile")
				return &d
			}
		}
	}
	return nil
}

// otherFamily says how many rules are left out because they are for the family that is
// not translated. It is an error where nothing else is there.
func otherFamily(files []*ast.File, opts *Options, diags *diag.List) {
	var first *ast.Rule
	var file *ast.File
	left, all := 0, 0
	for _, f := range files {
		families := familiesOf(f, opts.Family)
		for _, e := range f.Entries {
			r, ok := e.(*ast.Rule)
			if !ok || !adds(r) {
				continue
			}
			if all++; !concernsAny(r, families) {
				if left++; first == nil {
					first, file = r, f
				}
			}
		}
	}
	if left > 0 {
		diags.Add(familyNote(file, first, left, all, opts.Family))
	}
}

func concernsAny(r *ast.Rule, families []ast.Family) bool {
	for _, family := range families {
		if concerns(r, family) {
			return true
		}
	}
	return false
}

func familyNote(f *ast.File, first *ast.Rule, left, all int, forced ast.Family) diag.Diagnostic {
	d := diag.Diagnostic{
		Code: diag.OtherFamily, Severity: diag.Note, File: f.Name, Range: first.Range, Line: f.Line(first.Start.Line), Command: first.Ran(),
		Summary: words.Count(left, "rule") + " of the other address family left out; this is the first",
		Why:     "The command or -4 or -6 makes a rule one of IPv4 or of IPv6 alone, and here only the other is loaded.",
		Fix:     "Remove the rules if they are not meant, or load them with the tool of their family.",
	}
	if forced != ast.FamilyUnknown {
		d.Fix = "Translate without --family to have the rules of both."
	}
	if left == all {
		d.Severity = diag.Error
		d.Summary = "all rules of the input are of the other address family (" + strconv.Itoa(all) + "); this is the first"
		d.Why = "The output would have no rule. An empty firewall is hardly what was meant, so nothing is written."
	}
	return d
}
