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
		if !ok || !s.holdWords(texts) {
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
	} else if !s.bracesFit(w) {
		return nil, false
	}
	var texts []string
	ok := s.expanding(w, func() (err error) {
		texts, err = expand.Fields(s.config(), w)
		return err
	})
	return texts, ok
}

// literal expands a word that stays one, as in an assignment.
func (s *shell) literal(w *syntax.Word) (string, bool) {
	if w == nil {
		return "", true
	}
	if !s.expandable(w) {
		return "", false
	}
	var text string
	ok := s.expanding(w, func() (err error) {
		text, err = expand.Literal(s.config(), withoutEscapes(w))
		return err
	})
	return text, ok
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
	n := 0
	ok := s.expanding(x, func() (err error) {
		n, err = expand.Arithm(s.config(), x)
		return err
	})
	return n, ok
}

// matches tells whether text fits a pattern of case or [[ ]].
func (s *shell) matches(text string, w *syntax.Word) bool {
	p := ""
	ok := s.expanding(w, func() (err error) {
		p, err = expand.Pattern(s.config(), w)
		return err
	})
	if !ok || !s.comparable(w, len(p), len(text)) {
		return false
	}
	if !strings.ContainsAny(p, patternSigns) {
		return text == p
	}
	m, err := s.pattern(p)
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
			if s.flow != goesOn || !s.faithful(p) {
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
	outer, use := s.io, s.usage
	out := &output{}
	s.io.out, s.io.file, s.io.void = out, nil, false
	s.repeats, s.tries = 1, 0
	s.subshell(c.Stmts)
	s.repeats, s.tries = use.repeats, use.tries
	s.io = outer
	if s.flow == goesOn && out.unknown != "" && s.shown == 0 {
		s.notKnown(s.rangeOf(c), "what "+out.unknown+" prints is not known here", "Write the value into the script.")
	}
	if n := out.text.Len(); s.flow != goesOn || !s.opens(n*s.repeats) || !s.spend(n*s.tries/8) {
		return errRefused
	}
	_, err := io.WriteString(w, out.text.String())
	return err
}
