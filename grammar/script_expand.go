package grammar

import (
	"io"
	"path"
	"strings"

	"github.com/recentc/recentc/ast"
	"mvdan.cc/sh/v3/expand"
	"mvdan.cc/sh/v3/pattern"
	"mvdan.cc/sh/v3/syntax"
)

// argument is one word of a command as the command gets it.
type argument struct {
	text string
	at   ast.Range // of the word that it was expanded from
	// exact tells that the text stands in the script as it is, at this place.
	exact bool
	// quoted tells that it stands in quotes, so that it is a value even with a
	// dash in front.
	quoted bool
	// passed tells that it came through "$@", and at is the place of the call.
	passed bool
}

// arguments expands the words of a command.
func (s *shell) arguments(words []*syntax.Word) (out []argument, ok bool) {
	for _, w := range words {
		texts, ok := s.fields(w)
		if !ok {
			return nil, false
		}
		if places := s.vars.places; allParams(w) && len(places) == len(texts) {
			for i, t := range texts {
				out = append(out, argument{text: t, at: places[i], quoted: looksQuoted(t), passed: true})
			}
			continue
		}
		at := s.rangeOf(w)
		quoted := valueInQuotes(w)
		for _, t := range texts {
			out = append(out, argument{text: t, at: at, exact: w.Lit() == t, quoted: quoted || looksQuoted(t)})
		}
	}
	return out, true
}

// looksQuoted tells what can only be a value, whatever its first sign.
func looksQuoted(text string) bool {
	return text == "" || strings.ContainsAny(text, " \t\n") && !hasValue(text)
}

// allParams tells a word that is "$@" and no more.
func allParams(w *syntax.Word) bool {
	if len(w.Parts) != 1 {
		return false
	}
	if d, ok := w.Parts[0].(*syntax.DblQuoted); ok {
		return len(d.Parts) == 1 && allParams(&syntax.Word{Parts: d.Parts})
	}
	p, ok := w.Parts[0].(*syntax.ParamExp)
	return ok && p.Param != nil && p.Param.Value == "@" && p.Slice == nil && p.Exp == nil && p.Repl == nil && !p.Length
}

// valueInQuotes tells whether a word is quoted as a value is. "$@" and the
// elements of arrays may well be options.
func valueInQuotes(w *syntax.Word) bool {
	if len(w.Parts) == 0 {
		return false
	}
	switch first := w.Parts[0].(type) {
	case *syntax.SglQuoted:
		return true
	case *syntax.DblQuoted:
		if len(first.Parts) == 0 {
			return true
		}
		_, literal := first.Parts[0].(*syntax.Lit)
		return literal
	}
	return false
}

// fields expands one word to the words that it becomes.
func (s *shell) fields(w *syntax.Word) ([]string, bool) {
	if lit := w.Lit(); lit != "" && !strings.ContainsAny(lit, "\\*?[]{}~@+!") {
		return []string{lit}, true // as most are
	}
	if !s.expandable(w) || !s.splitsAlike(w) {
		return nil, false
	}
	if !s.braces {
		w = withoutBraces(w)
	}
	texts, err := expand.Fields(s.config(), w)
	return texts, s.expanded(w, err)
}

// literal expands a word that stays one, as in an assignment.
func (s *shell) literal(w *syntax.Word) (string, bool) {
	if w == nil {
		return "", true
	}
	if !s.expandable(w) {
		return "", false
	}
	text, err := expand.Literal(s.config(), withoutEscapes(w))
	return text, s.expanded(w, err)
}

// expanded tells whether an expansion went well, and reports it where not.
func (s *shell) expanded(n syntax.Node, err error) bool {
	if err != nil && s.flow == goesOn {
		s.expansionFailed(n, err)
	}
	return err == nil && s.flow == goesOn
}

func (s *shell) arithmetic(x syntax.ArithmExpr) (int, bool) {
	if !s.computable(x) {
		return 0, false
	}
	n, err := expand.Arithm(s.config(), x)
	return n, s.expanded(x, err)
}

// matches tells whether text fits a pattern of case or [[ ]].
func (s *shell) matches(text string, w *syntax.Word) bool {
	p, err := expand.Pattern(s.config(), w)
	if !s.expanded(w, err) {
		return false
	}
	m, err := compilePattern(p)
	return s.expanded(w, err) && m.MatchString(text)
}

// expandable refuses what the expansion would need a file system for, or more
// memory than there is.
func (s *shell) expandable(w *syntax.Word) bool {
	if lit := w.Lit(); globsFiles(lit) {
		s.notKnown(s.rangeOf(w), "the files that "+lit+" names are not known here", "Write their names into the script.")
		return false
	}
	return s.partsExpandable(w.Parts)
}

func (s *shell) partsExpandable(parts []syntax.WordPart) bool {
	for _, p := range parts {
		switch p := p.(type) {
		case *syntax.ParamExp:
			if p.Param != nil {
				s.vars.ofMachine(p.Param.Value, s.rangeOf(p))
			}
			if s.flow != goesOn || !s.boundedReplace(p) || !s.faithful(p) {
				return false
			}
		case *syntax.ArithmExp:
			if !s.computable(p.X) {
				return false
			}
		case *syntax.DblQuoted:
			if !s.partsExpandable(p.Parts) || !s.listAlike(p) {
				return false
			}
		}
	}
	return true
}

// boundedReplace refuses ${X//a/b} on a long value: it could square its length.
func (s *shell) boundedReplace(p *syntax.ParamExp) bool {
	if p.Repl == nil || p.Param == nil {
		return true
	}
	x := s.vars.values[p.Param.Value]
	if n := len(x.Str) + len(strings.Join(x.List, "")); n > 4096 {
		s.tooLong(s.rangeOf(p), "the value of $"+p.Param.Value+" is too long for a replacement")
		return false
	}
	return true
}

// globsFiles tells a pattern that names files by their full path. A pattern
// without one stands for itself, as in a folder where nothing fits; so do those
// of /proc and /sys, where nothing is written.
func globsFiles(lit string) bool {
	return strings.HasPrefix(lit, "/") && pattern.HasMeta(lit, 0) && !ofKernel(lit)
}

// ofKernel tells a file of /proc or /sys.
func ofKernel(name string) bool {
	name = path.Clean(name)
	return strings.HasPrefix(name, "/proc/") || strings.HasPrefix(name, "/sys/")
}

// substitute runs $(...) for its output.
func (s *shell) substitute(w io.Writer, c *syntax.CmdSubst) error {
	if c.TempFile || c.ReplyVar {
		s.notRun(s.rangeOf(c), "this substitution is not run")
		return errRefused
	}
	outer := s.io
	out := &output{}
	s.io.out, s.io.file, s.io.void = out, nil, false
	s.subshell(c.Stmts)
	s.io = outer
	if s.flow == goesOn && out.unknown != "" && s.shown == 0 {
		s.notKnown(s.rangeOf(c), "what "+out.unknown+" prints is not known here", "Write the value into the script.")
	}
	if s.flow != goesOn {
		return errRefused
	}
	_, err := w.Write([]byte(out.text.String()))
	return err
}
