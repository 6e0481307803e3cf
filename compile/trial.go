package compile

import (
	"slices"

	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/internal/diag"
	"github.com/recentc/recentc/ipset"
)

// Trial is a rule set on which a shell script's commands are tried while it is
// run, so that the script can look at what iptables says to each. It starts with
// the rules of the files in front of the script, and is thrown away behind it:
// the commands that were run are compiled like any others. Only the sets of ipset
// that the script leaves are taken from it. It implements grammar.Firewall.
type Trial struct {
	opts  Options
	files []*ast.File
	sets  map[ast.Family]*ruleSet
	diags diag.List

	ipsets *ipset.Host
	named  map[string]bool // sets that rules have named so far
	lost   string          // one of them that the command takes away
	room   ast.Room
	early  diag.List // of rules in front whose set is not there yet
}

// NewTrial prepares a trial behind the given files. They are compiled when the
// first command comes.
func NewTrial(files []*ast.File, opts Options) *Trial {
	return &Trial{opts: opts, files: files}
}

// Run applies a command and tells why iptables refuses it, nil where it takes
// it. What only recentc does not know is taken.
func (t *Trial) Run(f *ast.File, r *ast.Rule) *diag.Diagnostic {
	t.start()
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
			t.diags[i].Rule = t.opts.noSetFile && t.diags[i].Code == diag.IPSetUnknown // a host may have the set
			return &t.diags[i]
		}
	}
	t.note(r)
	return nil
}

// start compiles the files in front of the script, with sets that the script may
// change.
func (t *Trial) start() {
	if t.sets != nil {
		return
	}
	t.ipsets = ipset.NewHost(t.opts.Sets, t.names)
	t.opts.Sets, t.opts.noSetFile = t.ipsets.Sets, t.opts.Sets == nil
	t.named = map[string]bool{}
	t.sets = ruleSets(t.files, &t.opts, &t.diags)
	for i := range t.diags {
		if t.diags[i].Code == diag.IPSetUnknown {
			t.early.Add(t.diags[i])
		}
	}
}

// IPSet runs a command of ipset, the words behind its name. It tells why ipset
// fails, see ipset.Host.
func (t *Trial) IPSet(f *ast.File, words []ast.Word) *diag.Diagnostic {
	t.start()
	t.lost = ""
	return t.kept(f, t.ipsets.Run(f, words))
}

// IPSetLines runs what `ipset restore` reads, see ipset.Host.RunLines.
func (t *Trial) IPSetLines(f *ast.File, text string, start uint32, fixed, exist bool) *diag.Diagnostic {
	t.start()
	t.lost = ""
	return t.kept(f, t.ipsets.RunLines(f, text, start, fixed, exist))
}

// kept is what is said of a command. A set that rules of the script have named must not
// go, also where they are gone already: they are compiled once more, at the end.
func (t *Trial) kept(f *ast.File, why *diag.Diagnostic) *diag.Diagnostic {
	if why != nil || t.lost == "" {
		return why
	}
	return &diag.Diagnostic{
		Code: diag.NotRun, Severity: diag.Error, File: f.Name,
		Summary: "set " + t.lost + " is taken away here, and rules have named it",
		Why:     "These rules are gone again, but recentc reads them with the sets that there are at the end.",
		Fix:     "Remove the command, or those rules.",
	}
}

// note keeps which sets a rule names.
func (t *Trial) note(r *ast.Rule) {
	if r.Op != ast.Append && r.Op != ast.Insert && r.Op != ast.Replace {
		return
	}
	for _, o := range r.Options(&t.room) {
		if len(o.Values) > 0 && t.ipsets.Sets[o.Values[0].Text] != nil {
			t.named[o.Values[0].Text] = true
		}
	}
}

// names tells whether a rule that there is names a set, which is about to go where none
// does.
func (t *Trial) names(set string) bool {
	if len(t.files) == 0 && !t.named[set] {
		return false // and not looked for among all rules
	}
	for _, s := range t.sets {
		for _, table := range s.order {
			for _, c := range table.order {
				if slices.ContainsFunc(c.Rules, func(r *Rule) bool { return r.names(set) }) {
					return true
				}
			}
		}
	}
	if t.named[set] {
		t.lost = set
	}
	return false
}

// names tells whether the rule asks or changes the set.
func (r *Rule) names(set string) bool {
	is := func(ref *SetRef) bool { return ref != nil && ref.Set.Name == set }
	for _, step := range r.Steps {
		if m, ok := step.(*InSet); ok && is(&m.SetRef) {
			return true
		}
	}
	t, ok := r.Target.(*ChangeSet)
	return ok && (is(t.Add) || is(t.Remove))
}

// Sets are those of ipset that the script leaves, with the commands that make them of
// those in front of it; ok is false where it has not changed any. It is an error where
// rules in front of the script name a set that only the script makes.
func (t *Trial) Sets() (sets ipset.Collection, commands string, l diag.List, ok bool) {
	if t.ipsets == nil || t.ipsets.Done() == "" {
		return nil, "", nil, false
	}
	if t.ipsets.Made() {
		l = t.early
	} else if t.opts.noSetFile {
		return nil, "", nil, false
	}
	return t.ipsets.Settled(), t.ipsets.Done(), l, true
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
