package grammar

import (
	"path"
	"slices"
	"strings"

	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/internal/diag"
	"mvdan.cc/sh/v3/expand"
	"mvdan.cc/sh/v3/syntax"
)

// call runs a simple command.
func (s *shell) call(c *syntax.CallExpr) {
	if len(c.Args) == 0 {
		s.status = 0
		if s.filesOnly("", nil) {
			s.assignAll(c.Assigns)
		}
		return
	}
	args, ok := s.callArguments(c)
	if !ok {
		return
	}
	if len(args) == 0 { // all of it expanded to nothing
		s.status = 0
		return
	}
	before := s.assignFor(c.Assigns)
	if s.flow == goesOn {
		s.dispatch(c, args)
	}
	for name, x := range before {
		s.vars.restore(name, x)
	}
}

// callArguments expands the words of a command. What is only shown need not be
// known.
func (s *shell) callArguments(c *syntax.CallExpr) ([]argument, bool) {
	name := path.Base(c.Args[0].Lit())
	if s.io.out == nil && s.io.file == nil && slices.Contains([]string{"echo", "printf", "logger"}, name) && s.funcs[name] == nil {
		s.shown++
		defer func() { s.shown-- }()
	}
	return s.arguments(c.Args)
}

// assignFor sets the variables of "IFS=, read a b" and returns what they were.
func (s *shell) assignFor(assigns []*syntax.Assign) map[string]expand.Variable {
	before := map[string]expand.Variable{}
	for _, a := range assigns {
		before[a.Name.Value] = s.vars.values[a.Name.Value]
		if !s.assign(a) {
			break
		}
	}
	return before
}

// dispatch finds out what a command is: a function, a builtin of the shell,
// iptables, something that is skipped, or nothing that is run.
func (s *shell) dispatch(c *syntax.CallExpr, args []argument) {
	args, plain := unwrap(args)
	if len(args) == 0 {
		s.status = 0
		return
	}
	name := args[0].text
	if body := s.funcs[name]; body != nil && !plain {
		if s.filesOnly(name, nil) {
			s.function(body, args)
		}
		return
	}
	if fn := s.builtin(name); fn != nil {
		if s.filesOnly(name, nil) {
			s.last, s.status = s.status, 0
			fn(args)
		}
		return
	}
	s.program(c, path.Base(name), args)
}

// unwrap removes words that run the command behind them. plain tells that
// functions are passed over.
func unwrap(args []argument) (rest []argument, plain bool) {
	for len(args) > 0 {
		switch path.Base(args[0].text) {
		case "sudo":
			args, plain = args[1:], true
			for len(args) > 0 && slices.Contains([]string{"-n", "-E", "-H", "--"}, args[0].text) {
				args = args[1:]
			}
		case "command", "builtin":
			if len(args) > 1 && strings.HasPrefix(args[1].text, "-") && args[1].text != "-p" {
				return args, true
			}
			args, plain = args[1:], true
			if len(args) > 0 && args[0].text == "-p" {
				args = args[1:]
			}
		default:
			return args, plain
		}
	}
	return nil, plain
}

// program runs what is no part of the shell.
func (s *shell) program(c *syntax.CallExpr, name string, args []argument) {
	if family, ok := commandFamily(name); ok && !ofBoot(args[0].text) {
		if s.filesOnly(name, listing(name, args)) {
			s.iptables(family, c, args)
		}
		return
	}
	if family, kind, ok := restoreFamily(name); ok {
		s.saveOrRestore(family, kind, args)
		return
	}
	if name == "ipset" {
		s.ipset(args)
		return
	}
	if kind, ok := s.skipped(name, args); ok {
		s.io.file, s.io.from, s.status = nil, nil, 0
		if kind != "" {
			s.skip(kind, s.at)
		}
		return
	}
	if s.printer(name, args) {
		return
	}
	s.unknownCommand(c, args)
}

// ofBoot tells whether a command is one of the scripts that start services: then
// its name is not that of the program.
func ofBoot(command string) bool { return path.Base(path.Dir(command)) == "init.d" }

// listing names the command where it only prints, so that it may print to a file.
func listing(name string, args []argument) []string {
	for _, a := range args {
		if a.text == "-L" || a.text == "-S" || a.text == "--list" || a.text == "--list-rules" {
			return []string{name}
		}
	}
	return nil
}

func (s *shell) unknownCommand(c *syntax.CallExpr, args []argument) {
	first := s.rangeOf(c.Args[0])
	if unset := s.unsetNames(c.Args[:1]); len(unset) > 0 {
		s.refuse(diag.UnsetVariable, first, "$"+unset[0]+" is not set, so this line runs the command \""+args[0].text+"\"",
			"The shell finds no such command; none of these rules would ever be loaded.", "Set it in front of this line: "+unset[0]+"=iptables")
		return
	}
	s.notRun(args[0].at, path.Base(args[0].text)+" is not run here")
}

// unsetNames are the variables without a value that words expand, each followed
// by nothing that would take its place.
func (s *shell) unsetNames(words []*syntax.Word) (names []string) {
	for _, w := range words {
		names = append(names, s.unsetIn(w.Parts)...)
	}
	return names
}

func (s *shell) unsetIn(parts []syntax.WordPart) (names []string) {
	for _, p := range parts {
		switch p := p.(type) {
		case *syntax.DblQuoted:
			names = append(names, s.unsetIn(p.Parts)...)
		case *syntax.ParamExp:
			if p.Exp == nil && !p.Length && p.Param != nil && !s.vars.isSet(p.Param.Value) {
				names = append(names, p.Param.Value)
			}
		}
	}
	return names
}

// warnUnset warns of variables that expand to nothing because nothing set them.
func (s *shell) warnUnset(words []*syntax.Word) {
	for _, w := range words {
		for _, name := range s.unsetIn(w.Parts) {
			s.warnOnce(diag.UnsetVariable, s.rangeOf(w), "$"+name+" is not set and stands for nothing here",
				"The shell leaves it out without a word: the rule may match far more than was meant.", "Set "+name+" in front of this line, or remove it here.")
		}
	}
}

func (s *shell) noArguments(name string) {
	s.add(diag.Warning, diag.NoArguments, s.at, "the script looks at its arguments ("+name+") and is run without any",
		"Boot scripts are often called with \"start\"; without it they may load nothing, or other rules.", "Say with what it is called: --script-args start")
}

func texts(args []argument) []string {
	out := make([]string, len(args))
	for i := range args {
		out[i] = args[i].text
	}
	return out
}

// placeOf is the range of all the words.
func placeOf(args []argument) ast.Range {
	return ast.Span(args[0].at, args[len(args)-1].at)
}
