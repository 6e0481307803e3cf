package compile

import (
	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/internal/diag"
)

// Trial is a rule set on which a shell script's commands are tried while it is
// run, so that the script can look at what iptables says to each. It starts with
// the rules of the files in front of the script, and is thrown away behind it:
// the commands that were run are compiled like any others. It implements
// grammar.Firewall.
type Trial struct {
	opts  Options
	files []*ast.File
	sets  map[ast.Family]*ruleSet
	diags diag.List
}

// NewTrial prepares a trial behind the given files. They are compiled when the
// first command comes.
func NewTrial(files []*ast.File, opts Options) *Trial {
	return &Trial{opts: opts, files: files}
}

// Run applies a command and tells why iptables refuses it, nil where it takes
// it. What only recentc does not know is taken.
func (t *Trial) Run(f *ast.File, r *ast.Rule) *diag.Diagnostic {
	if t.sets == nil {
		t.sets = ruleSets(t.files, &t.opts, &t.diags)
	}
	s := t.sets[r.Family]
	if s == nil {
		s = newRuleSet(r.Family, &t.opts, &t.diags)
		t.sets[r.Family] = s
	}
	t.diags = t.diags[:0]
	s.file, s.inTable = f, false
	if r.Op == ast.Check || r.Op == ast.List {
		s.look(r)
	} else {
		s.command(r)
	}
	for i := range t.diags {
		if t.diags[i].Severity == diag.Error && !inexpressible(t.diags[i].Code) {
			return &t.diags[i]
		}
	}
	return nil
}

// look runs -C and -L, which change nothing and fail where there is no such rule
// or chain.
func (s *ruleSet) look(r *ast.Rule) {
	if !s.enter(r) || r.Chain.Text == "" {
		return
	}
	c := s.chainOf(r)
	if c == nil || r.Op == ast.List {
		return
	}
	for _, want := range s.compileRule(r, c) {
		if want.Failed || findSame(c, want) < 0 {
			s.noSuchRule(r, c)
		}
	}
}
