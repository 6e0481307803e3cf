package grammar

import (
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/internal/diag"
	"mvdan.cc/sh/v3/expand"
	"mvdan.cc/sh/v3/pattern"
	"mvdan.cc/sh/v3/syntax"
)

func compilePattern(p string) (*regexp.Regexp, error) {
	expr, err := pattern.Regexp(p, pattern.EntireString)
	if err != nil {
		// A pattern that is none stands for itself.
		return regexp.Compile("^" + regexp.QuoteMeta(p) + "$")
	}
	return regexp.Compile(expr)
}

// test runs test and [.
func (s *shell) test(args []argument) {
	words := texts(args[1:])
	if args[0].text == "[" {
		if len(words) == 0 || words[len(words)-1] != "]" {
			s.refuse(diag.ScriptError, placeOf(args), "[ has no ]", "The shell reports an error and takes the test for false.", "Put a blank and ] behind it.")
			return
		}
		words = words[:len(words)-1]
	}
	if n := len(words); n > maxTest {
		s.tooLong(placeOf(args), "this test has too many words")
		return
	} else if n > 4 && !s.spend(n*n*n/64) {
		return
	}
	t := &tester{shell: s, at: placeOf(args)}
	ok := t.eval(words)
	s.status = truth(ok)
	if t.wrong != "" {
		s.status = 2
		s.warnOnce(diag.CommandFails, t.at, "this test fails: "+t.wrong, "The shell reports an error and takes the test for false.", "Put the variables in quotes, and give each its value.")
	}
}

// tester evaluates the words of one test.
type tester struct {
	shell *shell
	at    ast.Range
	wrong string
}

// eval follows POSIX: the number of words decides what they mean.
func (t *tester) eval(w []string) bool {
	switch len(w) {
	case 0:
		return false
	case 1:
		return w[0] != ""
	case 2:
		if w[0] == "!" {
			return !t.eval(w[1:])
		}
		return t.unary(w[0], w[1])
	case 3:
		switch {
		case isBinary(w[1]):
			return t.binary(w[0], w[1], w[2])
		case w[1] == "-a" || w[1] == "-o":
		case w[0] == "!":
			return !t.eval(w[1:])
		case w[0] == "(" && w[2] == ")":
			return w[1] != ""
		}
	}
	return t.list(w)
}

// list splits at -o and then at -a, the last one first, outside of parentheses.
func (t *tester) list(w []string) bool {
	for _, op := range []string{"-o", "-a"} {
		for i := len(w) - 2; i > 0; i-- {
			if w[i] == op && balanced(w[i+1:]) {
				left, right := t.eval(w[:i]), t.eval(w[i+1:])
				return left && right || op == "-o" && (left || right)
			}
		}
	}
	switch {
	case w[0] == "!":
		return !t.eval(w[1:])
	case w[0] == "(" && w[len(w)-1] == ")":
		return t.eval(w[1 : len(w)-1])
	}
	t.wrong = "it has too many words"
	return false
}

func balanced(w []string) bool {
	depth := 0
	for _, x := range w {
		switch x {
		case "(":
			depth++
		case ")":
			if depth--; depth < 0 {
				return false
			}
		}
	}
	return depth == 0
}

func isBinary(op string) bool {
	return slices.Contains([]string{"=", "==", "!=", "<", ">", "-eq", "-ne", "-lt", "-le", "-gt", "-ge", "-nt", "-ot", "-ef"}, op)
}

func (t *tester) unary(op, x string) bool {
	switch op {
	case "-n":
		return x != ""
	case "-z":
		return x == ""
	case "-v":
		return t.shell.vars.values[x].Set
	case "-t":
		t.shell.notKnown(t.at, "whether somebody sits at a terminal is not known here", "Replace the test by what it is to give.")
		return false
	case "-e", "-f", "-d", "-r", "-w", "-x", "-s", "-L", "-h", "-c", "-b", "-p", "-S", "-u", "-g", "-k", "-O", "-G", "-N":
		return t.shell.fileTest(t.at, op, x)
	}
	t.wrong = "there is no test " + op
	return false
}

// fileTest answers for what a host that runs the script as root has: the tools
// of iptables, and what the kernel shows below /proc and /sys. It is said.
func (s *shell) fileTest(at ast.Range, op, name string) bool {
	if slices.Contains(tools, path.Base(name)) && op != "-d" && op != "-L" || ofKernel(name) {
		s.skip("taken to be there: "+name, at)
		return true
	}
	s.notKnown(at, "whether "+op+" "+name+" holds is not known here: files are not looked at", "Remove the test, or write what is to hold: true or false.")
	return false
}

func (t *tester) binary(x, op, y string) bool {
	switch op {
	case "=", "==":
		return x == y
	case "!=":
		return x != y
	case "<":
		return x < y
	case ">":
		return x > y
	case "-nt", "-ot", "-ef":
		t.shell.notKnown(t.at, "files are not looked at", "Remove the test, or write what is to hold: true or false.")
		return false
	}
	a, okA := t.number(x)
	b, okB := t.number(y)
	return okA && okB && compareNumbers(op, a, b)
}

func (t *tester) number(x string) (int64, bool) {
	n, err := strconv.ParseInt(strings.TrimSpace(x), 10, 64)
	if err != nil {
		t.wrong = "\"" + x + "\" is not a number"
	}
	return n, err == nil
}

func compareNumbers(op string, a, b int64) bool {
	switch op {
	case "-eq":
		return a == b
	case "-ne":
		return a != b
	case "-lt":
		return a < b
	case "-le":
		return a <= b
	case "-gt":
		return a > b
	}
	return a >= b
}

// condition evaluates [[ ... ]].
func (s *shell) condition(x syntax.TestExpr) bool {
	switch x := x.(type) {
	case *syntax.Word:
		text, _ := s.literal(x)
		return text != ""
	case *syntax.ParenTest:
		return s.condition(x.X)
	case *syntax.UnaryTest:
		if x.Op == syntax.TsNot {
			return !s.condition(x.X)
		}
		return s.conditionUnary(x)
	case *syntax.BinaryTest:
		return s.conditionBinary(x)
	}
	return false
}

func (s *shell) conditionUnary(x *syntax.UnaryTest) bool {
	word, ok := x.X.(*syntax.Word)
	if !ok {
		s.refuse(diag.ScriptError, s.rangeOf(x), "this test is not understood", "", scriptFix)
		return false
	}
	text, ok := s.literal(word)
	t := &tester{shell: s, at: s.rangeOf(x)}
	return ok && t.unary(x.Op.String(), text)
}

func (s *shell) conditionBinary(x *syntax.BinaryTest) bool {
	switch x.Op {
	case syntax.AndTest:
		return s.condition(x.X) && s.condition(x.Y)
	case syntax.OrTest:
		return s.condition(x.X) || s.condition(x.Y)
	}
	left, okX := x.X.(*syntax.Word)
	right, okY := x.Y.(*syntax.Word)
	if !okX || !okY {
		s.refuse(diag.ScriptError, s.rangeOf(x), "this test is not understood", "", scriptFix)
		return false
	}
	text, ok := s.literal(left)
	if !ok {
		return false
	}
	switch x.Op {
	case syntax.TsMatch, syntax.TsMatchShort:
		return s.matches(text, right)
	case syntax.TsNoMatch:
		return !s.matches(text, right)
	case syntax.TsReMatch:
		return s.matchesExpression(text, right)
	}
	return s.compareWords(x, text, right)
}

func (s *shell) compareWords(x *syntax.BinaryTest, left string, right *syntax.Word) bool {
	text, ok := s.literal(right)
	if !ok {
		return false
	}
	t := &tester{shell: s, at: s.rangeOf(x)}
	for _, side := range []*string{&left, &text} { // [[ takes the name of a variable for its value, and nothing for 0
		if strings.HasPrefix(x.Op.String(), "-") && (*side == "" || syntax.ValidName(*side)) {
			*side = "0" + s.vars.values[*side].String()
		}
	}
	is := t.binary(left, x.Op.String(), text)
	if t.wrong != "" {
		s.refuse(diag.ScriptError, t.at, "this test fails: "+t.wrong, "", scriptFix)
	}
	return is
}

// matchesExpression is =~; its groups go to BASH_REMATCH.
func (s *shell) matchesExpression(text string, w *syntax.Word) bool {
	expr, ok := s.literal(w)
	if !ok {
		return false
	}
	m := s.expression(expr, w, text)
	if m == nil {
		return false
	}
	found := m.FindStringSubmatch(text)
	if found != nil {
		return s.vars.Set("BASH_REMATCH", expand.Variable{Set: true, Kind: expand.Indexed, List: found}) == nil
	}
	return false
}
