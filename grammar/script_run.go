package grammar

import (
	"fmt"
	"maps"

	"github.com/recentc/recentc/internal/diag"
	"mvdan.cc/sh/v3/expand"
	"mvdan.cc/sh/v3/syntax"
)

func (s *shell) stmts(list []*syntax.Stmt) {
	for _, st := range list {
		s.stmt(st)
		if s.flow != goesOn {
			return
		}
	}
}

// stmt runs one command with its redirections.
func (s *shell) stmt(st *syntax.Stmt) {
	s.at = s.rangeOf(st)
	if !s.step(1) {
		return
	}
	if st.Background || st.Coprocess || st.Disown {
		s.notRun(s.at, "a command in the background is not run")
		return
	}
	s.depth++
	outer := s.io
	s.holding(func() {
		if s.redirect(st) {
			s.command(st)
		}
	})
	s.io = outer
	s.depth--
	if s.errexit && s.status != 0 && s.tested == 0 && s.flow == goesOn && fails(st) {
		s.flow = exits
	}
}

// fails tells whether "set -e" ends the script where st fails: lists with && and
// || and what holds commands have had their say.
func fails(st *syntax.Stmt) bool {
	switch c := st.Cmd.(type) {
	case *syntax.CallExpr, *syntax.Subshell, *syntax.TestClause, *syntax.ArithmCmd, *syntax.LetClause, *syntax.DeclClause:
		return !st.Negated
	case *syntax.BinaryCmd:
		return !st.Negated && (c.Op == syntax.Pipe || c.Op == syntax.PipeAll)
	}
	return false
}

func (s *shell) command(st *syntax.Stmt) {
	if !st.Negated {
		s.compound(st.Cmd)
		return
	}
	s.looking(func() { s.compound(st.Cmd) })
	s.status = truth(s.status != 0)
}

// looking runs fn where the script looks at the status.
func (s *shell) looking(fn func()) {
	s.tested++
	fn()
	s.tested--
}

// truth is the status of a condition.
func truth(ok bool) int {
	if ok {
		return 0
	}
	return 1
}

func (s *shell) compound(c syntax.Command) {
	switch c := c.(type) {
	case nil:
		s.status = 0
	case *syntax.CallExpr:
		s.call(c)
	case *syntax.BinaryCmd:
		s.binary(c)
	case *syntax.Block:
		s.stmts(c.Stmts)
	case *syntax.Subshell:
		s.subshell(c.Stmts)
	case *syntax.IfClause:
		s.ifClause(c)
	case *syntax.WhileClause:
		s.whileClause(c)
	case *syntax.ForClause:
		s.forClause(c)
	case *syntax.CaseClause:
		s.caseClause(c)
	case *syntax.FuncDecl:
		s.funcs[c.Name.Value], s.status = c.Body, 0
	case *syntax.DeclClause:
		s.declare(c)
	case *syntax.TestClause:
		ok := s.condition(c.X)
		s.status = truth(ok)
	case *syntax.ArithmCmd:
		n, _ := s.arithmetic(c.X)
		s.status = truth(n != 0)
	case *syntax.LetClause:
		s.let(c)
	case *syntax.TimeClause:
		if c.Stmt != nil {
			s.stmt(c.Stmt)
		}
	default:
		s.notRun(s.rangeOf(c), "this kind of command is not run")
	}
}

func (s *shell) let(c *syntax.LetClause) {
	for _, x := range c.Exprs {
		n, ok := s.arithmetic(x)
		if !ok {
			return
		}
		s.status = truth(n != 0)
	}
}

// subshell runs commands whose assignments and exit stay their own.
func (s *shell) subshell(list []*syntax.Stmt) {
	outer, funcs, errexit, loops := s.vars, s.funcs, s.errexit, s.loops
	cost := variableCost * (outer.count() + len(funcs))
	if !s.spend(cost/4) || !s.hold(cost) {
		return
	}
	s.vars, s.funcs, s.loops = outer.copy(), maps.Clone(funcs), 0
	s.stmts(list)
	s.held -= cost
	s.vars, s.funcs, s.errexit, s.loops = outer, funcs, errexit, loops
	if s.flow != refused {
		s.flow = goesOn
	}
}

func (s *shell) binary(c *syntax.BinaryCmd) {
	switch c.Op {
	case syntax.AndStmt, syntax.OrStmt:
		s.looking(func() { s.stmt(c.X) })
		if s.flow == goesOn && (s.status == 0) == (c.Op == syntax.AndStmt) {
			s.stmt(c.Y)
		}
	default:
		s.pipe(c)
	}
}

// pipe runs the left side to its end and gives its output to the right side,
// each in a subshell.
func (s *shell) pipe(c *syntax.BinaryCmd) {
	outer, out := s.io, &output{}
	s.io.out, s.io.file, s.io.void = out, nil, false
	s.looking(func() { s.subshell([]*syntax.Stmt{c.X}) })
	s.io = outer
	if s.flow != goesOn {
		return
	}
	s.io.in = &input{text: out.text.String(), unknown: out.unknown, at: s.rangeOf(c.X)}
	s.subshell([]*syntax.Stmt{c.Y})
	s.io = outer
}

func (s *shell) ifClause(c *syntax.IfClause) {
	for ; c != nil; c = c.Else {
		if len(c.Cond) == 0 { // else
			s.stmts(c.Then)
			return
		}
		s.looking(func() { s.stmts(c.Cond) })
		if s.flow != goesOn {
			return
		}
		if s.status == 0 {
			s.stmts(c.Then)
			return
		}
	}
	s.status = 0
}

func (s *shell) whileClause(c *syntax.WhileClause) {
	last := 0
	for s.step(1) {
		s.looking(func() { s.stmts(c.Cond) })
		if s.flow != goesOn || (s.status == 0) == c.Until {
			break
		}
		if !s.body(c.Do) {
			break
		}
		last = s.status
	}
	if s.flow == goesOn {
		s.status = last
	}
}

// body runs a loop's body and tells whether the loop goes on.
func (s *shell) body(list []*syntax.Stmt) bool {
	s.loops++
	s.stmts(list)
	s.loops--
	if s.flow != breaks && s.flow != continues {
		return s.flow == goesOn
	}
	if s.levels--; s.levels > 0 {
		return false // an outer loop is meant
	}
	again := s.flow == continues
	s.flow = goesOn
	return again
}

func (s *shell) forClause(c *syntax.ForClause) {
	switch loop := c.Loop.(type) {
	case *syntax.WordIter:
		if c.Select {
			s.notKnown(s.rangeOf(c), "select asks the person at the keyboard", "Replace it by what is chosen.")
			return
		}
		s.forWords(c, loop)
	case *syntax.CStyleLoop:
		s.forArithmetic(c, loop)
	}
}

func (s *shell) forWords(c *syntax.ForClause, loop *syntax.WordIter) {
	items := s.vars.params
	if loop.InPos.IsValid() {
		s.warnUnset(loop.Items)
		args, ok := s.arguments(loop.Items)
		if !ok {
			return
		}
		items = texts(args)
	} else {
		s.vars.asked("$@")
	}
	s.status = 0
	for _, item := range items {
		if !s.setItem(loop.Name, item) || !s.step(1) || !s.body(c.Do) {
			return
		}
	}
}

// setItem gives a loop's variable its value.
func (s *shell) setItem(name *syntax.Lit, value string) bool {
	return s.expanded(name, s.vars.Set(name.Value, textValue(value)))
}

func (s *shell) forArithmetic(c *syntax.ForClause, loop *syntax.CStyleLoop) {
	run := func(x syntax.ArithmExpr) (int, bool) {
		if x == nil {
			return 1, true
		}
		return s.arithmetic(x)
	}
	if _, ok := run(loop.Init); !ok {
		return
	}
	for s.step(1) {
		n, ok := run(loop.Cond)
		if !ok || n == 0 || !s.body(c.Do) {
			return
		}
		if _, ok := run(loop.Post); !ok {
			return
		}
	}
}

func (s *shell) caseClause(c *syntax.CaseClause) {
	word, ok := s.literal(c.Word)
	if !ok {
		return
	}
	s.status = 0
	through := false // the item in front ended in ;&
	for _, item := range c.Items {
		if !through && !s.anyMatches(word, item.Patterns) {
			continue
		}
		s.stmts(item.Stmts)
		if s.flow != goesOn || item.Op == syntax.Break {
			return
		}
		through = item.Op == syntax.Fallthrough
	}
}

func (s *shell) anyMatches(word string, patterns []*syntax.Word) bool {
	for _, p := range patterns {
		if s.matches(word, p) {
			return true
		}
		if s.flow != goesOn {
			return false
		}
	}
	return false
}

// function calls a function of the script.
func (s *shell) function(body *syntax.Stmt, args []argument) {
	params, places, size, loops := s.vars.params, s.vars.places, s.vars.paramSize, s.loops
	s.vars.enter(args[1:])
	s.calls, s.loops = s.calls+1, 0
	s.stmt(body)
	s.calls, s.loops = s.calls-1, loops
	s.vars.leave()
	s.vars.size -= s.vars.paramSize
	s.vars.params, s.vars.places, s.vars.paramSize = params, places, size
	if s.flow == returns {
		s.flow = goesOn
	}
}

// declare runs export, local, readonly, declare and typeset.
func (s *shell) declare(c *syntax.DeclClause) {
	kind := c.Variant.Value
	like := expand.Variable{}
	for _, a := range c.Args {
		if a.Name == nil {
			if !s.declareFlag(&like, kind, a) {
				return
			}
			continue
		}
		if !s.declareOne(kind, like, a) {
			return
		}
	}
	s.status = 0
}

func (s *shell) declareFlag(like *expand.Variable, kind string, a *syntax.Assign) bool {
	flags, ok := s.literal(a.Value)
	if !ok {
		return false
	}
	for _, f := range flags {
		switch f {
		case '-', 'x', 'g', 'p', 'f':
		case 'r':
			like.ReadOnly = true
		case 'a':
			like.Kind = expand.Indexed
		case 'A':
			like.Kind = expand.Associative
		default:
			s.notRun(s.rangeOf(a), fmt.Sprintf("%s %s is not run", kind, flags))
			return false
		}
	}
	return true
}

func (s *shell) declareOne(kind string, like expand.Variable, a *syntax.Assign) bool {
	name := a.Name.Value
	var value expand.Variable
	if !a.Naked && like.Kind == expand.Unknown {
		var ok bool // the value is that of the outer variables
		if value, ok = s.assigned(a); !ok {
			return false
		}
	}
	if kind == "local" || (kind == "declare" || kind == "typeset") && s.calls > 0 {
		if s.calls == 0 {
			s.refuse(diag.ScriptError, s.rangeOf(a), "local stands outside of a function", "The shell stops here.", "Remove the word.")
			return false
		}
		s.vars.local(name)
	}
	if like.Kind != expand.Unknown && s.vars.values[name].Kind == expand.Unknown {
		s.vars.put(name, expand.Variable{Kind: like.Kind})
	}
	switch {
	case a.Naked:
	case like.Kind != expand.Unknown:
		if !s.assign(a) {
			return false
		}
	default:
		if err := s.vars.Set(name, value); err != nil {
			s.expanded(a, err)
			return false
		}
	}
	if like.ReadOnly || kind == "readonly" {
		x := s.vars.values[name]
		x.ReadOnly = true
		s.vars.put(name, x)
	}
	return s.flow == goesOn
}
