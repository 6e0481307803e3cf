package grammar

import (
	"regexp"
	resyntax "regexp/syntax"

	"github.com/recentc/recentc/internal/diag"
	"mvdan.cc/sh/v3/expand"
	"mvdan.cc/sh/v3/syntax"
)

// The library expands a word in one go. So what an expansion may cost is added up in
// front of it: what the script says, and for ${X//a/b} and its kin how long the values
// are. The values themselves are counted when they are read, see variables.Get.

const (
	maxBraceParts = 64  // parts of a word with {a,b}, which all words that it gives have
	maxPatterns   = 256 // patterns that are remembered
)

// patternSigns make a pattern more than its text.
const patternSigns = `*?[]\\@+!()`

// expanding runs an expansion of n by the library; it tells whether it went well.
func (s *shell) expanding(n syntax.Node, fn func() error) bool {
	outer := s.usage
	w := &weight{shell: s}
	w.node(n)
	if s.flow == goesOn && w.repeats > 0 && w.assigns {
		s.notAlike(n, "an expansion that sets a variable and one that replaces text are not run in one word")
	}
	s.repeats, s.tries = max(1, w.repeats), w.tries
	ok := s.opens(w.text) && s.spend(w.work)
	if ok {
		ok = s.expanded(n, fn())
	}
	s.opened, s.repeats, s.tries = outer.opened, outer.repeats, outer.tries
	return ok
}

// weight is what an expansion may cost.
type weight struct {
	shell *shell
	text  int // bytes that it gives, beside those of the variables that it reads
	work  int
	// repeats and tries are for what commands print in $(...): see usage.
	repeats, tries int
	assigns        bool
}

// node adds what n costs, without the commands in it.
func (w *weight) node(n syntax.Node) {
	w.work += 16 + lengthInSource(n)
	syntax.Walk(n, func(n syntax.Node) bool {
		switch n := n.(type) {
		case *syntax.CmdSubst, *syntax.ProcSubst:
			return false
		case *syntax.Lit:
			w.text += len(n.Value)
		case *syntax.SglQuoted:
			w.text += len(n.Value)
		case *syntax.BinaryArithm:
			w.assigns = w.assigns || n.Op >= syntax.Assgn
		case *syntax.UnaryArithm:
			w.assigns = w.assigns || n.Op == syntax.Inc || n.Op == syntax.Dec
		case *syntax.ParamExp:
			w.work += partCost
			w.param(n)
		}
		return w.shell.flow == goesOn
	})
}

func (w *weight) param(p *syntax.ParamExp) {
	if p.Excl && p.Names != 0 {
		w.work += 64 * len(w.shell.vars.values)
	}
	switch {
	case p.Repl != nil:
		length, count := w.shell.lengthOfParam(p)
		w.pattern(p.Repl.Orig, length, count)
		if p.Repl.With != nil {
			w.text += (length + count) * w.shell.longest(p.Repl.With)
		}
		w.repeats = max(1, w.repeats) * (length + count)
		w.text = min(w.text, maxOpened+1)
		w.repeats = min(w.repeats, maxOpened+1)
	case p.Exp != nil:
		w.operand(p)
	}
}

func (w *weight) operand(p *syntax.ParamExp) {
	switch p.Exp.Op {
	case syntax.AssignUnset, syntax.AssignUnsetOrNull:
		w.assigns = true
	case syntax.RemSmallPrefix, syntax.RemLargePrefix, syntax.RemSmallSuffix, syntax.RemLargeSuffix:
		length, count := w.shell.lengthOfParam(p)
		w.pattern(p.Exp.Word, length, count)
	case syntax.UpperFirst, syntax.UpperAll, syntax.LowerFirst, syntax.LowerAll:
		length, count := w.shell.lengthOfParam(p)
		w.pattern(p.Exp.Word, 8*length, count)
	}
}

// pattern adds what it costs to compare a pattern with values.
func (w *weight) pattern(word *syntax.Word, length, count int) {
	n := 1
	if word != nil {
		n = w.shell.longest(word)
	}
	w.tries = max(w.tries, length+count*patternCost)
	w.work += comparing(n, length) + count*(patternCost+50*n)
	if n > maxValue {
		w.shell.tooLong(w.shell.rangeOf(word), "this pattern is too long")
	}
}

// comparing is what it costs to compare a pattern with a text.
func comparing(pattern, text int) int { return (text + 1) * (pattern + 8) / 8 }

// longest is how long a word becomes at most, without what commands print in it.
func (s *shell) longest(word *syntax.Word) int {
	n := lengthInSource(word)
	syntax.Walk(word, func(x syntax.Node) bool {
		switch x := x.(type) {
		case *syntax.CmdSubst, *syntax.ProcSubst:
			return false
		case *syntax.ParamExp:
			length, count := s.lengthOfParam(x)
			n += length + count
			if x.Repl != nil && x.Repl.With != nil && n <= maxOpened {
				n += (length + count) * s.longest(x.Repl.With)
			}
		}
		return n <= maxOpened
	})
	return n
}

// lengthOfParam is the length of what p reads, and in how many parts.
func (s *shell) lengthOfParam(p *syntax.ParamExp) (length, count int) {
	if p.Param == nil {
		return 0, 1
	}
	name := p.Param.Value
	x := s.vars.values[name]
	switch {
	case p.Excl:
		return maxValue, 1
	case name == "@" || name == "*":
		x = expand.Variable{List: s.vars.params}
	case name != "" && name[0] >= '0' && name[0] <= '9':
		x = s.vars.lookup(name)
	}
	return lengthOf(x), 1 + len(x.List) + len(x.Map)
}

func lengthInSource(n syntax.Node) int {
	return max(0, int(n.End().Offset())-int(n.Pos().Offset()))
}

// bracesFit refuses a word with braces in which too much is repeated.
func (s *shell) bracesFit(w *syntax.Word) bool {
	parts, text := len(w.Parts), 0
	for _, p := range w.Parts {
		if lit, ok := p.(*syntax.Lit); ok {
			for i := range len(lit.Value) {
				if lit.Value[i] == '{' {
					parts++
				}
			}
			text += len(lit.Value)
		}
	}
	if parts > maxBraceParts {
		s.tooLong(s.rangeOf(w), "this word has too many braces")
	}
	return s.flow == goesOn
}

// comparable counts the comparison of a pattern with a text; it tells whether there may
// be more.
func (s *shell) comparable(w *syntax.Word, pattern, text int) bool {
	if pattern > maxValue {
		s.tooLong(s.rangeOf(w), "this pattern is too long")
	}
	return s.flow == goesOn && s.spend(comparing(pattern, text))
}

// pattern compiles a pattern of case or [[ ]].
func (s *shell) pattern(p string) (*regexp.Regexp, error) {
	if m := s.patterns[p]; m != nil {
		return m, nil
	}
	s.spend(patternCost + 50*len(p))
	m, err := compilePattern(p)
	if err == nil && len(s.patterns) < maxPatterns && len(p) < maxPatterns {
		s.patterns[p] = m
	}
	return m, err
}

// maxExpression bounds the parts of a regular expression, with its repetitions written out.
const maxExpression = 10_000

// expression compiles what stands behind =~.
func (s *shell) expression(expr string, w *syntax.Word, text string) *regexp.Regexp {
	parts, groups := 0, 1
	parsed, err := resyntax.Parse(expr, resyntax.POSIX)
	if err == nil {
		parts, groups = partsOf(parsed), 1+parsed.MaxCap() // each place in the text keeps its groups
	}
	switch {
	case err != nil:
		s.refuse(diag.ScriptError, s.rangeOf(w), "this regular expression is not understood", "", scriptFix)
		return nil
	case parts > maxExpression:
		s.tooLong(s.rangeOf(w), "this regular expression is too long")
		return nil
	case !s.spend(patternCost + 50*(parts+len(expr)) + groups*comparing(parts, len(text))):
		return nil
	}
	m, err := regexp.CompilePOSIX(expr)
	if err != nil {
		s.refuse(diag.ScriptError, s.rangeOf(w), "this regular expression is not understood", "", scriptFix)
	}
	return m
}

// partsOf counts the parts of an expression. The library refuses one that is nested deep.
func partsOf(x *resyntax.Regexp) int {
	n := 1 + len(x.Rune)
	for _, sub := range x.Sub {
		n += partsOf(sub)
	}
	if x.Op == resyntax.OpRepeat {
		n *= max(1, x.Min, x.Max)
	}
	return min(n, 1<<40)
}
