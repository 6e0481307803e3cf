package grammar

import (
	"slices"
	"strings"

	"github.com/alecthomas/participle/v2/lexer"
	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/internal/diag"
	"mvdan.cc/sh/v3/syntax"
)

// iptables runs one iptables command.
func (s *shell) iptables(family ast.Family, c *syntax.CallExpr, args []argument) {
	if !s.longCommand(len(args)) {
		return
	}
	s.warnUnset(c.Args)
	s.status = 0
	if showsOnly(args) {
		s.printUnknown(args[0].text)
		return
	}
	rule := s.rule(family, c, args)
	if rule == nil {
		s.status = 2
		return
	}
	if s.io.file != nil { // a listing
		s.skip("iptables "+rule.Op.Flag()+" to a file", s.at)
	}
	s.apply(rule)
}

// showsOnly tells a command without a chain: --version, --help, or nothing.
func showsOnly(args []argument) bool {
	return !slices.ContainsFunc(args[1:], func(a argument) bool {
		return !slices.Contains([]string{"-V", "--version", "-h", "--help", "-v"}, a.text)
	})
}

// rule reads a command's arguments; it reports what is wrong with their form.
func (s *shell) rule(family ast.Family, c *syntax.CallExpr, args []argument) *ast.Rule {
	place := placeOf(args)
	source, expanded := s.source(c, args)
	if !s.keepBytes(ruleCost + optionCost*len(args) + len(source)) {
		return nil
	}
	p := &lineParser{file: s.file, out: &chunk{}, number: int(place.Start.Line), whole: s.file.Line(place.Start.Line), text: source}
	o := options{list: make([]ast.Option, 0, 6), words: make([]ast.Word, 0, 6), doubts: &doubts{syntax: s.syntax}}
	var rule *ast.Rule
	if err := o.from(&argumentLexer{args: args[1:]}, argumentWords(args[1:]), family); err != nil {
		p.failed(err)
	} else if len(o.list) > 0 {
		rule = p.command(&ruleLine{Options: o})
	}
	if rule != nil && !p.setFamily(rule, family) {
		rule = nil
	}
	if rule != nil {
		rule.Expanded = expanded
		if r := passedRange(args); r.Start.Line > 0 {
			rule.Range = r
		}
	}
	if s.diags = append(s.diags, p.out.diags...); len(s.diags) > maxRules {
		s.tooLong(s.at, "the script has too many errors")
	}
	return rule
}

// passedRange is the place of the words that a function was called with, if
// there are any: a function that hands its words on says less than its caller.
func passedRange(args []argument) (r ast.Range) {
	for i := range args {
		if args[i].passed {
			r = ast.Span(r, args[i].at)
		}
	}
	return r
}

// source is the text of a command without its name: as written where that is
// what the command gets, else as the shell has expanded it.
func (s *shell) source(c *syntax.CallExpr, args []argument) (text string, expanded bool) {
	n := len(args) - 1
	words := c.Args[max(0, len(c.Args)-n):]
	if n <= len(words) && !slices.ContainsFunc(words, expands) {
		end := int(words[n-1].End().Offset())
		text = s.file.Text[words[0].Pos().Offset():end]
		text = strings.ReplaceAll(text, "\\\n", " ")
		if !strings.Contains(text, "\n") {
			return text + s.comment(end), false
		}
	}
	parts := make([]string, n)
	for i, a := range args[1:] {
		parts[i] = quoteArgument(a.text)
	}
	return strings.Join(parts, " "), true
}

// comment is what stands behind a command in its line, if it is a comment.
func (s *shell) comment(end int) string {
	const near = 1 << 10 // blanks that are looked at
	text := s.file.Text[end:]
	if !strings.HasPrefix(strings.TrimLeft(text[:min(near, len(text))], " \t"), "#") {
		return ""
	}
	rest, _, _ := strings.Cut(text, "\n")
	s.keepBytes(len(rest))
	return strings.TrimRight(rest, " \t\r")
}

// expands tells whether the shell makes something else of a word than its text.
func expands(w *syntax.Word) bool {
	for _, p := range w.Parts {
		switch p := p.(type) {
		case *syntax.SglQuoted:
		case *syntax.Lit:
			if strings.ContainsAny(p.Value, "{}~") {
				return true
			}
		case *syntax.DblQuoted:
			if expands(&syntax.Word{Parts: p.Parts}) {
				return true
			}
		default:
			return true
		}
	}
	return false
}

func quoteArgument(text string) string {
	if text != "" && !strings.ContainsAny(text, " \t\n\"'\\$`|&;<>()*?[#~") {
		return text
	}
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}

// argumentLexer gives the tokens of a command that the shell has taken apart.
type argumentLexer struct {
	args    []argument
	pending []lexer.Token
}

// Next implements tokens.
func (l *argumentLexer) Next() (lexer.Token, error) {
	if len(l.pending) > 0 {
		t := l.pending[0]
		l.pending = l.pending[1:]
		return t, nil
	}
	if len(l.args) == 0 {
		return lexer.Token{Type: tokEOF}, nil
	}
	a := l.args[0]
	l.args = l.args[1:]
	kind := tokQuoted
	if !a.quoted {
		kind = classify(a.text)
	}
	in := lineLexer{line: int(a.at.Start.Line)}
	t := lexer.Token{Type: kind, Value: a.text, Pos: in.pos(0)}
	if kind == tokFlag {
		t = in.flag(0, a.text)
	}
	for i := range in.pending {
		in.pending[i].Pos = a.pos(in.pending[i].Pos)
	}
	l.pending = in.pending
	t.Pos = a.pos(t.Pos)
	return t, nil
}

// pos moves a place in an argument's text to its place in the script.
func (a *argument) pos(p lexer.Position) lexer.Position {
	column := int(a.at.Start.Column)
	if a.exact {
		column += p.Column - 1
	}
	return lexer.Position{Filename: p.Filename, Line: int(a.at.Start.Line), Column: column, Offset: int(a.at.End.Column)}
}

// apply runs a command on the firewall. What iptables refuses has no effect, as
// on the host; the script may look at the status. But where a rule is lost that
// way and nobody looks, the command is kept, and package compile reports it.
func (s *shell) apply(r *ast.Rule) {
	cost := 1
	switch r.Op {
	case ast.Delete, ast.Check, ast.RenameChain:
		cost += len(s.file.Entries) / 50 // which looks through the rules
	case ast.Flush, ast.Zero, ast.DeleteChain:
		if r.Chain.Text == "" {
			cost += len(s.file.Entries) / 200 // which looks through the chains
		}
	}
	if !s.step(cost) {
		return
	}
	why := s.fw.Run(s.file, r)
	if why == nil {
		s.applied(r)
		return
	}
	s.status = 1
	if why.Code == diag.IPSetUnknown {
		s.status = 2 // iptables looks for the set before it asks for the rules
	}
	switch {
	case r.Op == ast.List || r.Op == ast.Check:
	case loses(r.Op) && why.Code == diag.IPSetUnknown:
		s.diags.Add(*why) // the set may be there at the end, where the command is read again
	case loses(r.Op) && (s.tested == 0 || !dependsOnState(why.Code)):
		s.keep(r)
	default:
		if loses(r.Op) || s.tested == 0 && !s.io.quiet {
			s.warnOnce(diag.CommandFails, r.Range, "iptables refuses this command: "+why.Summary,
				"It has no effect, and the script goes on behind it. The rules are taken to be empty at its start.", "")
		}
	}
}

func (s *shell) applied(r *ast.Rule) {
	s.status = 0
	switch r.Op {
	case ast.List:
		s.printUnknown("iptables " + r.Op.Flag())
	case ast.Check:
	default:
		s.keep(r)
	}
}

func (s *shell) keep(r *ast.Rule) {
	s.file.Entries = append(s.file.Entries, r)
	if len(s.file.Entries) > maxRules {
		s.tooLong(s.at, "the script runs too many iptables commands")
	}
}

// loses tells commands without whose effect packets are treated otherwise.
func loses(op ast.Op) bool {
	return op == ast.Append || op == ast.Insert || op == ast.Replace || op == ast.Policy
}

// dependsOnState tells a command that is refused because of the rules that there
// are from one that is wrong in itself.
func dependsOnState(c diag.Code) bool {
	return c == diag.NoSuchChain || c == diag.NoSuchRule || c == diag.ChainExists
}
