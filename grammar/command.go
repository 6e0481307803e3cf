package grammar

import (
	"cmp"
	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/internal/diag"
)

// commandOps are the options that say what a command does, with the number of
// words that must follow and that may follow.
var commandOps = map[string]struct {
	op       ast.Op
	min, max int
}{
	"-A": {ast.Append, 1, 1}, "--append": {ast.Append, 1, 1},
	"-I": {ast.Insert, 1, 2}, "--insert": {ast.Insert, 1, 2},
	"-D": {ast.Delete, 1, 2}, "--delete": {ast.Delete, 1, 2},
	"-R": {ast.Replace, 2, 2}, "--replace": {ast.Replace, 2, 2},
	"-N": {ast.NewChain, 1, 1}, "--new-chain": {ast.NewChain, 1, 1}, "--new": {ast.NewChain, 1, 1},
	"-X": {ast.DeleteChain, 0, 1}, "--delete-chain": {ast.DeleteChain, 0, 1},
	"-E": {ast.RenameChain, 2, 2}, "--rename-chain": {ast.RenameChain, 2, 2},
	"-F": {ast.Flush, 0, 1}, "--flush": {ast.Flush, 0, 1},
	"-Z": {ast.Zero, 0, 2}, "--zero": {ast.Zero, 0, 2},
	"-P": {ast.Policy, 2, 2}, "--policy": {ast.Policy, 2, 2},
	"-C": {ast.Check, 1, 1}, "--check": {ast.Check, 1, 1},
	"-L": {ast.List, 0, 2}, "--list": {ast.List, 0, 2},
	"-S": {ast.List, 0, 2}, "--list-rules": {ast.List, 0, 2},
}

// onlyFor gives the family that an option makes a rule's only one.
func onlyFor(option string) ast.Family {
	switch option {
	case "-4", "--ipv4":
		return ast.IPv4
	case "-6", "--ipv6":
		return ast.IPv6
	}
	return ast.FamilyUnknown
}

// command sorts a line's options into the command, its table and the rest.
func (p *lineParser) command(r *ruleLine) *ast.Rule {
	opts := r.Options.list
	rule := p.rule()
	rule.Range, rule.Source = ast.Span(opts[0].Range, opts[len(opts)-1].Range), p.source()
	rule.Counters = r.Counter.Counters
	found := false
	rest := opts[:0]
	for i := range opts {
		o := opts[i]
		spec, isOp := commandOps[o.Name]
		switch {
		case isOp && found && o.Name == "--check":
			rest = append(rest, o) // the tutorials' name of --rcheck
		case isOp && found:
			p.report(diag.OptionConflict, o.Range, "a second command, "+o.Name+", in one line",
				"Each line does one thing.", "Give it a line of its own.")
			return nil
		case isOp:
			found = true
			if !p.takeOp(rule, o, spec.op, spec.min, spec.max) {
				return nil
			}
		case o.Name == "-t" || o.Name == "--table":
			if !p.takeTable(rule, o) {
				return nil
			}
		default:
			if !p.takeFamily(rule, &o) {
				return nil
			}
			rest = append(rest, o)
		}
	}
	if !found {
		p.report(diag.Syntax, opts[0].Range, "no command in this line",
			"A rule begins with what to do and where, such as -A INPUT.", "Put -A and the chain's name in front.")
		return nil
	}
	p.options.SetOptions(rule, rest, p.column)
	return rule
}

// takeFamily notes -4 and -6. With both, a rule would be in neither family, and nobody
// would be told.
func (p *lineParser) takeFamily(rule *ast.Rule, o *ast.Option) bool {
	only := onlyFor(o.Name)
	if only == ast.FamilyUnknown {
		return true
	}
	if rule.Only != ast.FamilyUnknown && rule.Only != only {
		p.report(diag.OptionConflict, o.Range, "-4 and -6 in one rule",
			"iptables-restore leaves the rule out for IPv4 and for IPv6, and says nothing.", "Keep one of them, or none for both families.")
		return false
	}
	rule.Only = only
	return true
}

// setFamily says for which family the called command is. Behind the name of the other
// family's command iptables refuses -4 and -6.
func (p *lineParser) setFamily(rule *ast.Rule, family ast.Family) bool {
	rule.Family = family
	if family == ast.FamilyUnknown || rule.Only == ast.FamilyUnknown || rule.Only == family {
		return true
	}
	name := map[ast.Family]string{ast.IPv4: "-6 behind iptables", ast.IPv6: "-4 behind ip6tables"}[family]
	p.report(diag.OptionConflict, rule.Range, name, "The command refuses the rule, and it is in neither family.", "Remove the option, or call the other command.")
	return false
}

// takeOp reads the words behind the command: chain, then a number, policy or name.
func (p *lineParser) takeOp(rule *ast.Rule, o ast.Option, op ast.Op, least, most int) bool {
	v := o.Values
	switch {
	case o.Not:
		p.report(diag.NotNegatable, o.Range, o.Name+" cannot be negated", "", "Remove the \"!\".")
		return false
	case len(v) < least:
		p.report(diag.MissingValue, o.Range, o.Name+" needs "+opNeeds(op), "", "Write it behind "+o.Name+".")
		return false
	case len(v) > most:
		p.report(diag.ExtraWord, v[most].Range, "\""+v[most].Text+"\" belongs to no option",
			"iptables calls this a bad argument and refuses the line.", cmp.Or(diag.LongDash(v[most].Text), "Remove it, or write the option that it belongs to."))
		return false
	}
	rule.Op = op
	if len(v) > 0 {
		rule.Chain = v[0]
	}
	if len(v) > 1 && (op == ast.Policy || op == ast.RenameChain) {
		rule.SetOperand(ast.Operands{Table: rule.Operand().Table, Arg: v[1]})
	} else if len(v) > 1 {
		rule.SetOperand(ast.Operands{Table: rule.Operand().Table, Number: v[1]})
	}
	return true
}

func opNeeds(op ast.Op) string {
	switch op {
	case ast.Policy:
		return "a chain and a policy"
	case ast.RenameChain:
		return "the old and the new name"
	case ast.Replace:
		return "a chain and a rule number"
	}
	return "a chain"
}

func (p *lineParser) takeTable(rule *ast.Rule, o ast.Option) bool {
	if len(o.Values) != 1 || o.Not {
		p.report(diag.MissingValue, o.Range, "-t needs the name of one table", "", "Write filter, nat, mangle, raw or security.")
		return false
	}
	all := rule.Operand()
	all.Table = o.Values[0]
	rule.SetOperand(all)
	return true
}
