package grammar

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/recentc/recentc/internal/diag"
	"mvdan.cc/sh/v3/expand"
	"mvdan.cc/sh/v3/pattern"
	"mvdan.cc/sh/v3/syntax"
)

// What the library's expansions do otherwise than a shell is put right here, or
// refused where it cannot be: a rule must not change in silence.

func (s *shell) notAlike(n syntax.Node, what string) {
	s.refuse(diag.NotRun, s.rangeOf(n), what, "recentc expands it otherwise than a shell does, so the rule could change.", "Write the value out, or choose it with if.")
}

// prepare rewrites a parsed script once, before it is run.
func prepare(prog *syntax.File) {
	quoted := map[*syntax.ParamExp]bool{}
	syntax.Walk(prog, func(n syntax.Node) bool {
		switch n := n.(type) {
		case *syntax.DblQuoted:
			for _, p := range n.Parts {
				if x, ok := p.(*syntax.ParamExp); ok {
					quoted[x] = true
				}
			}
		case *syntax.ParamExp:
			if n.Exp != nil && n.Exp.Word != nil {
				n.Exp.Word = operand(n.Exp.Op, n.Exp.Word, quoted[n])
			}
		}
		return true
	})
}

// operand is the word behind ":-", "#" and their kin: escapes count outside of
// quotes, and quotes in a pattern take the meaning from what they hold.
func operand(op syntax.ParExpOperator, w *syntax.Word, quoted bool) *syntax.Word {
	switch op {
	case syntax.RemSmallPrefix, syntax.RemLargePrefix, syntax.RemSmallSuffix, syntax.RemLargeSuffix:
		return quotedPattern(w)
	}
	if quoted {
		return w
	}
	return withoutEscapes(w)
}

func quotedPattern(w *syntax.Word) *syntax.Word {
	out := &syntax.Word{}
	for _, p := range w.Parts {
		if d, ok := p.(*syntax.DblQuoted); ok && len(d.Parts) == 1 {
			if lit, ok := d.Parts[0].(*syntax.Lit); ok {
				p = &syntax.SglQuoted{Left: d.Left, Right: d.Right, Value: lit.Value}
			}
		}
		if q, ok := p.(*syntax.SglQuoted); ok && !q.Dollar {
			p = &syntax.SglQuoted{Left: q.Left, Right: q.Right, Value: pattern.QuoteMeta(q.Value, 0)}
		}
		out.Parts = append(out.Parts, p)
	}
	return out
}

// withoutEscapes turns backslashes into quotes, which expand.Literal leaves.
func withoutEscapes(w *syntax.Word) *syntax.Word {
	out := &syntax.Word{}
	for _, p := range w.Parts {
		lit, ok := p.(*syntax.Lit)
		if !ok || !strings.Contains(lit.Value, `\`) {
			out.Parts = append(out.Parts, p)
			continue
		}
		for rest := lit.Value; rest != ""; {
			plain, after, escaped := strings.Cut(rest, `\`)
			if plain != "" {
				out.Parts = append(out.Parts, &syntax.Lit{ValuePos: lit.ValuePos, ValueEnd: lit.ValueEnd, Value: plain})
			}
			if !escaped {
				break
			}
			n := min(1, len(after))
			out.Parts = append(out.Parts, &syntax.SglQuoted{Left: lit.ValuePos, Right: lit.ValueEnd, Value: after[:n]})
			rest = after[n:]
		}
	}
	return out
}

// withoutBraces quotes the braces of a word: only bash and its like expand them.
func withoutBraces(w *syntax.Word) *syntax.Word {
	out := &syntax.Word{}
	for _, p := range w.Parts {
		lit, ok := p.(*syntax.Lit)
		if !ok || !strings.Contains(lit.Value, "{") || strings.Contains(lit.Value, `\`) {
			out.Parts = append(out.Parts, p)
			continue
		}
		for i, piece := range strings.Split(lit.Value, "{") {
			if i > 0 {
				out.Parts = append(out.Parts, &syntax.SglQuoted{Left: lit.ValuePos, Right: lit.ValueEnd, Value: "{"})
			}
			out.Parts = append(out.Parts, &syntax.Lit{ValuePos: lit.ValuePos, ValueEnd: lit.ValueEnd, Value: piece})
		}
	}
	return out
}

// faithful tells whether the library expands p as a shell does.
func (s *shell) faithful(p *syntax.ParamExp) bool {
	x := expand.Variable{}
	if p.Param != nil {
		x = s.vars.values[p.Param.Value]
	}
	switch {
	case p.Length && p.Index != nil && x.Kind == expand.Associative:
	case p.Repl != nil && anchored(p.Repl.Orig):
	case p.Exp != nil && p.Exp.Op == syntax.OtherParamOps && p.Exp.Word.Lit() != "Q" && p.Exp.Word.Lit() != "U" && p.Exp.Word.Lit() != "L":
	case p.Width, p.IsSet, p.Flags != nil, len(p.Modifiers) > 0:
	default:
		return true
	}
	s.notAlike(p, "this form of expansion is not run")
	return false
}

// listAlike tells whether the library expands quotes around a whole list as a shell
// does: of "${X[@]:-a}" it takes the elements, also where there are none.
func (s *shell) listAlike(d *syntax.DblQuoted) bool {
	if len(d.Parts) != 1 {
		return true
	}
	p, ok := d.Parts[0].(*syntax.ParamExp)
	if !ok || p.Param == nil || p.Exp == nil {
		return true
	}
	elements := s.vars.params
	if index, isWord := p.Index.(*syntax.Word); isWord && (index.Lit() == "@" || index.Lit() == "*") {
		x := s.vars.values[p.Param.Value]
		elements = append(slices.Clone(x.List), slices.Collect(maps.Values(x.Map))...)
	} else if p.Param.Value != "@" && p.Param.Value != "*" {
		return true
	}
	switch p.Exp.Op {
	case syntax.AlternateUnset, syntax.AlternateUnsetOrNull:
	case syntax.DefaultUnset, syntax.DefaultUnsetOrNull, syntax.AssignUnset, syntax.AssignUnsetOrNull, syntax.ErrorUnset, syntax.ErrorUnsetOrNull:
		if strings.Join(elements, "") != "" {
			return true
		}
	default:
		return true
	}
	s.notAlike(p, "this form of expansion is not run")
	return false
}

// anchored tells ${X/#a/b} and ${X/%a/b}.
func anchored(w *syntax.Word) bool {
	if w == nil || len(w.Parts) == 0 {
		return false
	}
	lit, ok := w.Parts[0].(*syntax.Lit)
	return ok && (strings.HasPrefix(lit.Value, "#") || strings.HasPrefix(lit.Value, "%"))
}

// splitsAlike tells whether the library cuts the values in a word as a shell
// does: between two separators that are no blanks a shell finds an empty word,
// and what is quoted in ${X:-"a b"} it does not cut.
func (s *shell) splitsAlike(w *syntax.Word) bool {
	separators := strings.Trim(s.vars.values["IFS"].Str, " \t\n")
	for _, p := range w.Parts {
		x, ok := p.(*syntax.ParamExp)
		if !ok || x.Param == nil {
			continue
		}
		if x.Exp != nil && x.Exp.Word != nil && !s.operandSplits(x) {
			return false
		}
		if separators != "" && hasEmptyField(s.vars.values[x.Param.Value].String(), separators) {
			s.notAlike(x, "splitting a value with empty parts is not run")
			return false
		}
	}
	return true
}

func (s *shell) operandSplits(x *syntax.ParamExp) bool {
	switch x.Exp.Op {
	case syntax.AlternateUnset, syntax.AlternateUnsetOrNull, syntax.DefaultUnset, syntax.DefaultUnsetOrNull:
	default:
		return true
	}
	for _, p := range x.Exp.Word.Parts {
		switch p.(type) {
		case *syntax.SglQuoted, *syntax.DblQuoted:
			text, ok := s.literal(&syntax.Word{Parts: []syntax.WordPart{p}})
			if ok && strings.ContainsAny(text, " \t\n") {
				s.notAlike(x, "quotes within an expansion that is not quoted itself are not run")
			}
			if s.flow != goesOn {
				return false
			}
		}
	}
	return true
}

func hasEmptyField(value, separators string) bool {
	empty := true
	for i := range len(value) {
		isSeparator := strings.IndexByte(separators, value[i]) >= 0
		if isSeparator && empty {
			return true
		}
		if value[i] != ' ' && value[i] != '\t' && value[i] != '\n' {
			empty = isSeparator
		}
	}
	return false
}

// number is what the library reads as one. It takes anything else for 0, where a
// shell evaluates it or stops.
var number = regexp.MustCompile(`^\s*[-+]?(0[xX][0-9a-fA-F]+|0[0-7]*|[1-9][0-9]*|[0-9]+#[0-9a-zA-Z@_]+)?\s*$`)

// computable tells whether all values in x are numbers.
func (s *shell) computable(x syntax.ArithmExpr) bool {
	switch x := x.(type) {
	case *syntax.Word:
		return s.computableWord(x)
	case *syntax.ParenArithm:
		return s.computable(x.X)
	case *syntax.UnaryArithm:
		return s.computable(x.X)
	case *syntax.BinaryArithm:
		return s.computable(x.X) && s.computable(x.Y)
	}
	return x == nil
}

func (s *shell) computableWord(w *syntax.Word) bool {
	value := w.Lit()
	if !s.spend(2 * partCost) {
		return false
	}
	if value == "" {
		var ok bool
		if value, ok = s.literal(w); !ok {
			return false
		}
	}
	for range 10 {
		if !syntax.ValidName(value) {
			break
		}
		value = s.vars.values[value].String()
	}
	if !number.MatchString(value) && !strings.Contains(w.Lit(), "[") {
		s.refuse(diag.ScriptError, s.rangeOf(w), "\""+value+"\" is not a number", "A shell evaluates it as an expression, or stops; it is not run here.", "Write the number.")
		return false
	}
	return true
}
