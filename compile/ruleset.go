package compile

import (
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/internal/diag"
	"github.com/recentc/recentc/internal/words"
)

// ruleSet is the state that an input builds up for one family, command by command.
type ruleSet struct {
	opts   *Options
	family ast.Family
	diags  *diag.List
	tables map[string]*table
	order  []*table
	count  uint32 // rules compiled so far

	file    *ast.File
	current *table // the open section of a save file
	inTable bool
	ran     string // the command that is applied, where its line does not show it
	space   *workspace
	// gone are rules that commands removed; see account.go.
	gone []removed
}

// load applies a file's entries.
func (s *ruleSet) load(f *ast.File) {
	s.file, s.current, s.inTable = f, nil, false
	for rest := f.Entries; len(rest) > 0; {
		run := s.appendRun(rest)
		if len(run) <= batchRules {
			run = rest[:max(1, len(run))]
			s.entries(run)
		} else {
			s.appendAll(run)
		}
		rest = rest[len(run):]
	}
	if s.inTable {
		s.notCommitted()
	}
}

func (s *ruleSet) entries(list []ast.Entry) {
	for _, e := range list {
		switch e := e.(type) {
		case *ast.Table:
			s.open(e)
		case *ast.Chain:
			s.declare(e)
		case *ast.Commit:
			s.commit(e)
		case *ast.Rule:
			s.command(e)
		}
	}
}

func (s *ruleSet) report(code diag.Code, r ast.Range, summary, why, fix string) {
	s.add(diag.Error, code, r, summary, why, fix)
}

func (s *ruleSet) add(sev diag.Severity, code diag.Code, r ast.Range, summary, why, fix string) {
	s.diags.Add(diag.Diagnostic{
		Code: code, Severity: sev, File: s.file.Name, Range: r,
		Summary: summary, Why: why, Fix: fix, Line: s.file.Line(r.Start.Line), Command: s.ran,
	})
}

func (s *ruleSet) notCommitted() {
	s.report(diag.NoCommit, s.current.opened, "table "+s.current.name+" has no COMMIT",
		"iptables-restore would never load it.", "Write COMMIT behind the table's last rule.")
	s.inTable = false
}

func (s *ruleSet) open(e *ast.Table) {
	if s.inTable {
		s.notCommitted()
	}
	name := e.Name.Text
	s.inTable = true
	if tableHooks[name] == nil {
		s.report(diag.UnknownTable, e.Name.Range, "there is no table \""+name+"\"", "iptables-restore refuses the file.",
			didYouMean(closest(name, sortedKeys(tableHooks))))
		s.current = newTable(name, s.file, e.Range)
		return
	}
	if old := s.tables[name]; old != nil && hasRules(old) {
		s.beginsAgain(e, old)
	}
	s.current = s.replace(newTable(name, s.file, e.Range))
}

// beginsAgain says that a table's section takes away the rules that are there.
func (s *ruleSet) beginsAgain(e *ast.Table, old *table) {
	for _, c := range old.order {
		s.remove(c.Rules...)
	}
	summary, fix := "table "+old.name+" begins again; the rules from line "+lineOf(old.opened)+" on are dropped", "Merge the two sections."
	if old.file != s.file {
		summary = "table " + old.name + " begins again; the rules of " + old.file.Name + " in it are dropped"
		fix = "Merge the two files, or translate them one by one."
	}
	s.add(diag.Warning, diag.TableReplaced, e.Range, summary,
		"iptables-restore empties a table at its section, so only this section's rules are ever in force.", fix)
}

func hasRules(t *table) bool {
	for _, c := range t.order {
		if len(c.Rules) > 0 {
			return true
		}
	}
	return false
}

func lineOf(r ast.Range) string { return strconv.Itoa(int(r.Start.Line)) }

// replace puts t into the place of the table of its name.
func (s *ruleSet) replace(t *table) *table {
	if old := s.tables[t.name]; old != nil {
		for i := range s.order {
			if s.order[i] == old {
				s.order[i] = t
			}
		}
	} else {
		s.order = append(s.order, t)
	}
	s.tables[t.name] = t
	return t
}

func (s *ruleSet) commit(e *ast.Commit) {
	if !s.inTable {
		s.report(diag.OutsideTable, e.Range, "COMMIT without a table", "iptables-restore refuses the file.", "Put *filter, or the table that is meant, in front of its rules.")
	}
	s.inTable = false
}

// declare handles a chain line.
func (s *ruleSet) declare(e *ast.Chain) {
	if !s.inTable {
		s.outside(e.Range)
		return
	}
	name := e.Name.Text
	c := s.current.chains[name]
	switch {
	case c == nil:
		if c = s.declareNew(e.Name); c == nil {
			return
		}
	case c.Hook == NoHook && c.declared:
		s.report(diag.ChainExists, e.Name.Range, "chain "+name+" has a line of its own already, line "+lineOf(c.Range),
			"iptables-restore refuses the file; with --noflush it empties the chain here.", "Remove one of the lines.")
		return
	}
	c.declared = true
	c.Range, c.File = e.Range, s.file
	if s.setPolicy(c, e.Policy, e.Policy.Text != "-") {
		c.PolicyFile, c.PolicyRange = s.file, e.Range
		c.Counters = nil
		if e.Counters.Set {
			counters := e.Counters // not a part of the entry, which is let go of
			c.Counters = &counters
		}
	}
}

// setPolicy tells whether it set the policy.
func (s *ruleSet) setPolicy(c *Chain, w ast.Word, given bool) (set bool) {
	switch {
	case !given && c.Hook == NoHook:
	case !given:
		// iptables-restore leaves a built-in chain's policy alone at "-".
	case w.Text != "ACCEPT" && w.Text != "DROP":
		s.report(diag.BadPolicy, w.Range, "\""+w.Text+"\" is not a policy", "A policy is ACCEPT or DROP; iptables refuses anything else.",
			"To reject what no rule matched, make REJECT the chain's last rule.")
	case c.Hook == NoHook:
		s.report(diag.BadPolicy, w.Range, "chain "+c.Name+" cannot have a policy", "Only a built-in chain of the table has one.",
			"Write - in its place, and make the policy the chain's last rule.")
	default:
		c.Drop = w.Text == "DROP"
		return true
	}
	return false
}

// unnamable are the targets whose names the kernel's own tables have for verdicts.
var unnamable = []string{"ACCEPT", "DROP", "QUEUE", "RETURN"}

// declareNew makes the chain of a chain line, in which quotes are letters.
func (s *ruleSet) declareNew(name ast.Word) *Chain {
	switch {
	case name.Quoted:
		s.report(diag.BadValue, name.Range, "a chain's name has no quotes in its line", "iptables-restore takes the quotes for a part of the name.", "Remove them.")
	case slices.Contains(unnamable, name.Text):
		s.report(diag.BadValue, name.Range, "chain "+name.Text+" cannot be made: it has the name of a target", "iptables-restore refuses the file.", "Give the chain another name.")
	default:
		return s.newChain(name)
	}
	return nil
}

func (s *ruleSet) newChain(name ast.Word) *Chain {
	switch {
	case strings.ContainsAny(name.Text, " \t"):
		s.report(diag.BadValue, name.Range, "a chain's name cannot have a blank", "iptables refuses it.", "")
		return nil
	case name.Text == "" || len(name.Text) > 28:
		s.report(diag.BadValue, name.Range, "\""+name.Text+"\" is not a chain's name", "A chain's name has 1 to 28 bytes; iptables refuses a longer one.", "")
		return nil
	case strings.HasPrefix(name.Text, "-") || strings.HasPrefix(name.Text, "!"):
		s.report(diag.BadValue, name.Range, "a chain's name cannot begin with \""+name.Text[:1]+"\"", "iptables refuses it.", "")
		return nil
	}
	c := &Chain{Table: s.current.name, Name: name.Text, Hook: NoHook, File: s.file, Range: name.Range}
	s.current.add(c)
	return c
}

func (s *ruleSet) outside(r ast.Range) {
	s.report(diag.OutsideTable, r, "this line stands outside a table", "In a save file every rule lies between *table and COMMIT; iptables-restore refuses the file.",
		"Move it into its table, or put *filter and COMMIT around it.")
}

// isFor tells whether the command is one of the family's.
func (s *ruleSet) isFor(r *ast.Rule) bool {
	return r.Family == ast.FamilyUnknown || r.Family == s.family
}

// command applies one -A, -I, -N ... to its table.
func (s *ruleSet) command(r *ast.Rule) {
	if !s.isFor(r) {
		return
	}
	s.ran = r.Ran()
	defer func() { s.ran = "" }()
	if !s.enter(r) {
		return
	}
	if !s.optionsFit(r) {
		return
	}
	switch r.Op {
	case ast.Append, ast.Insert, ast.Delete, ast.Replace:
		s.ruleCommand(r)
	case ast.Check:
		s.check(r)
	case ast.List:
	default:
		s.chainCommand(r)
	}
}

// check is -C, for which iptables-restore refuses a file where there is no such rule.
// Who types it in a list of commands only looks.
func (s *ruleSet) check(r *ast.Rule) {
	if s.file.Style != ast.Save {
		return
	}
	c := s.chainOf(r)
	if c == nil {
		return
	}
	for _, want := range s.compileRule(r, c) {
		if !want.Failed && findSame(c, want) < 0 {
			s.report(diag.NoSuchRule, r.Range, "chain "+c.Name+" has no such rule", "iptables-restore ends here and loads nothing.", "Remove the line.")
			return
		}
	}
}

// enter finds the table that a command is for.
func (s *ruleSet) enter(r *ast.Rule) bool {
	if s.inTable {
		table := r.Operand().Table
		switch table.Text {
		case "":
		case s.current.name:
			s.add(diag.Warning, diag.ReadAnyway, table.Range, "-t "+table.Text+" inside its table's section",
				"iptables-restore refuses -t in a rule, also where it names the table. It is read without it.", "Remove -t "+table.Text+".")
		default:
			s.report(diag.OptionConflict, table.Range, "-t "+table.Text+" inside table "+s.current.name, "iptables-restore refuses -t in a rule.", "Move the rule to its table's section.")
			return false
		}
		return true
	}
	if s.file.Style == ast.Save && (s.current != nil || len(s.file.Entries) > 0 && hasTable(s.file)) {
		s.outside(r.Range)
		return false
	}
	return s.enterByName(r)
}

func hasTable(f *ast.File) bool {
	for _, e := range f.Entries {
		if _, ok := e.(*ast.Table); ok {
			return true
		}
	}
	return false
}

func (s *ruleSet) enterByName(r *ast.Rule) bool {
	table := r.Operand().Table
	name := table.Text
	if name == "" {
		name = "filter"
	}
	if tableHooks[name] == nil {
		s.report(diag.UnknownTable, table.Range, "there is no table \""+name+"\"", "iptables refuses the command.",
			didYouMean(closest(name, sortedKeys(tableHooks))))
		return false
	}
	if s.tables[name] == nil {
		s.replace(newTable(name, s.file, r.Range))
	}
	s.current = s.tables[name]
	return true
}

// chainOf finds the chain of a command and reports where there is none.
func (s *ruleSet) chainOf(r *ast.Rule) *Chain {
	if c := s.current.chains[r.Chain.Text]; c != nil {
		return c
	}
	var names []string
	if len(s.current.chains) <= mostCandidates {
		names = sortedKeys(s.current.chains)
	}
	s.report(diag.NoSuchChain, r.Chain.Range, "there is no chain \""+r.Chain.Text+"\" in table "+s.current.name,
		"iptables refuses the rule.", strings.TrimSpace(didYouMean(closest(r.Chain.Text, names))+" A chain line (:"+r.Chain.Text+" - [0:0]) or -N creates it."))
	return nil
}

func (s *ruleSet) ruleCommand(r *ast.Rule) {
	c := s.chainOf(r)
	if c == nil {
		return
	}
	if r.Op == ast.Delete && r.Operand().Number.Text != "" {
		if at, ok := s.number(r, c, len(c.Rules)); ok {
			s.remove(c.Rules[at])
			c.Rules = slices.Delete(c.Rules, at, at+1)
		}
		return
	}
	rules := s.compileRule(r, c)
	if rules == nil {
		return
	}
	if r.Op == ast.Replace && len(rules) > 1 {
		s.report(diag.OptionConflict, r.Range, "-R puts one rule in place of one, and this is "+words.Count(len(rules), "rule"),
			"iptables refuses to replace a rule by one with several addresses.", "Write -D and then -I for each address.")
		return
	}
	s.inOrder(rules)
	switch r.Op {
	case ast.Append:
		c.Rules = append(c.Rules, rules...)
	case ast.Insert:
		s.insert(r, c, rules)
	case ast.Delete:
		s.deleteSame(r, c, rules)
	case ast.Replace:
		if len(rules) > 1 {
			s.report(diag.OptionConflict, r.Range, "-R with several addresses", "iptables refuses it: one rule takes the place of one rule.", "Write one address, or delete the rule and insert several.")
			return
		}
		if at, ok := s.number(r, c, len(c.Rules)); ok {
			s.remove(c.Rules[at])
			c.Rules[at] = rules[0]
		}
	}
}

// compileRule gives the rules of a command, in a slice that the next rule uses again;
// a failed one leaves its place marked for --partial.
func (s *ruleSet) compileRule(r *ast.Rule, c *Chain) []*Rule {
	if s.space == nil {
		s.space = &workspace{}
	}
	rc := s.space.compilerFor(s, r, c)
	rules := rc.compile()
	if rc.failed {
		rules = []*Rule{{File: s.file, Range: r.Range, Source: r.Source, Ran: s.ran, Failed: true}}
	}
	return rules
}

// inOrder numbers rules in the order in which they are applied.
func (s *ruleSet) inOrder(rules []*Rule) {
	for _, x := range rules {
		s.count++
		x.order, x.commands = s.count, s.file.Style == ast.Commands
	}
}

// number reads a rule number of a chain with at least one place up to most.
func (s *ruleSet) number(r *ast.Rule, c *Chain, most int) (at int, ok bool) {
	w := r.Operand().Number
	if w.Text == "" {
		return 0, true
	}
	n, ok := parseUint(w.Text, uint64(most))
	if !ok || n == 0 {
		s.report(diag.NoSuchRule, w.Range, "chain "+c.Name+" has no place "+w.Text+": it has "+words.Count(len(c.Rules), "rule")+" here",
			"iptables refuses the command.", "Rules count from 1.")
		return 0, false
	}
	return int(n) - 1, true
}

// insert puts the rules in; of an expanded list iptables inserts one after the
// other at the same place, which turns their order round.
func (s *ruleSet) insert(r *ast.Rule, c *Chain, rules []*Rule) {
	at, ok := s.number(r, c, len(c.Rules)+1)
	if !ok {
		return
	}
	c.Rules = slices.Insert(c.Rules, at, rules...)
	slices.Reverse(c.Rules[at : at+len(rules)])
}

// deleteSame removes the first rule that means the same as each given one.
func (s *ruleSet) deleteSame(r *ast.Rule, c *Chain, rules []*Rule) {
	for _, want := range rules {
		if want.Failed {
			return
		}
		if i := findSame(c, want); i >= 0 {
			s.remove(c.Rules[i])
			c.Rules = slices.Delete(c.Rules, i, i+1)
		} else {
			s.noSuchRule(r, c)
		}
	}
}

func (s *ruleSet) noSuchRule(r *ast.Rule, c *Chain) {
	s.report(diag.NoSuchRule, r.Range, "chain "+c.Name+" has no such rule to delete", "iptables refuses the command.",
		"The rule must be written as it was added, in front of this line.")
}

// findSame returns the place of the first rule that means the same, -1 if there is none.
func findSame(c *Chain, want *Rule) int {
	mark := want.fingerprint()
	return slices.IndexFunc(c.Rules, func(have *Rule) bool { return !have.Failed && have.fingerprint() == mark && sameMeaning(have, want) })
}

func sameMeaning(a, b *Rule) bool {
	return len(a.Steps) == len(b.Steps) && reflect.DeepEqual(withoutPlaces(a.Steps), withoutPlaces(b.Steps)) &&
		reflect.DeepEqual(withoutPlace(a.Target), withoutPlace(b.Target))
}

func withoutPlaces(steps []Step) []any {
	out := make([]any, len(steps))
	for i, s := range steps {
		out[i] = withoutPlace(s)
	}
	return out
}

// withoutPlace returns a copy of a step or target without the range of text it
// was read from, so that equal ones compare as equal.
func withoutPlace(v any) any {
	p := reflect.ValueOf(v)
	if p.Kind() != reflect.Pointer {
		return v
	}
	dup := reflect.New(p.Elem().Type())
	dup.Elem().Set(p.Elem())
	switch d := dup.Interface().(type) {
	case *Protocol:
		d.at = ast.Range{}
	case *Jump:
		d.at = ast.Range{}
	case *Recent:
		d.Range, d.at, d.options, d.source = ast.Range{}, ast.Range{}, nil, source{}
	}
	return dup.Interface()
}
