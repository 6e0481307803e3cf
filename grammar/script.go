package grammar

import (
	"errors"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/internal/diag"
	"github.com/recentc/recentc/internal/display"
	"mvdan.cc/sh/v3/expand"
	"mvdan.cc/sh/v3/syntax"
)

// Firewall is what a shell script asks while it is run: whether iptables takes
// a command after all those in front of it. Package compile implements it.
type Firewall interface {
	// Run applies a command of f and tells why iptables refuses it; nil where it does not.
	Run(f *ast.File, r *ast.Rule) *diag.Diagnostic
	// IPSet runs a command of ipset, whose words stand in f. It tells why ipset
	// fails; IPSetUnknown and IPSetRefused are because of the sets that there are.
	IPSet(f *ast.File, words []ast.Word) *diag.Diagnostic
	// IPSetLines runs the text that `ipset restore` reads, from line start of f on;
	// with fixed all of it stands in that line.
	IPSetLines(f *ast.File, text string, start uint32, fixed, exist bool) *diag.Diagnostic
}

// Options are what is known beside the text. Both matter to shell scripts only.
type Options struct {
	// Args are the arguments that a script is called with.
	Args []string
	// Firewall answers a script's commands; without one each succeeds.
	Firewall Firewall
	// Syntax tells values from options where they look alike; without it what begins
	// with a dash is an option.
	Syntax Syntax
}

// openHanded is the Firewall that takes everything.
type openHanded struct{}

func (openHanded) Run(*ast.File, *ast.Rule) *diag.Diagnostic { return nil }

func (openHanded) IPSet(*ast.File, []ast.Word) *diag.Diagnostic { return nil }

func (openHanded) IPSetLines(*ast.File, string, uint32, bool, bool) *diag.Diagnostic { return nil }

// flow tells why the commands behind this one are not run.
type flow uint8

const (
	goesOn flow = iota
	breaks
	continues
	returns
	exits
	refused // by recentc: an error has been reported
)

// shell runs a script. Only iptables commands, assignments and control flow act
// in it: no process is started, and it has no way to the file system, the
// environment or the clock.
type shell struct {
	file   *ast.File
	args   []string
	fw     Firewall
	syntax Syntax
	lines  lineIndex
	diags  diag.List
	funcs  map[string]*syntax.Stmt
	vars   *variables
	io     streams
	status int
	last   int       // the status in front of the command that is run
	at     ast.Range // of the command that is run
	notes  noted

	flow   flow
	levels int // of loops that break or continue still has to leave
	loops  int // around this command
	depth  int
	calls  int // functions around this command
	usage
	tested  int // above 0 the script looks at the status
	shown   int // above 0 the output is only shown, and need not be known
	errexit bool
	nounset bool
	braces  bool // {a,b} is expanded
	warned  map[string]bool
	// patterns are those of case and [[ ]] that were compiled.
	patterns map[string]*regexp.Regexp
}

// runScript runs the script in f and adds the commands that change the rules,
// each with the place of its line. There are none where the script is refused:
// what stands behind a command that is not run depends on it.
func runScript(f *ast.File, o Options) diag.List {
	s := &shell{
		syntax: o.Syntax,
		file:   f, args: o.Args, fw: o.Firewall, lines: indexLines(f.Text),
		funcs: map[string]*syntax.Stmt{}, warned: map[string]bool{}, patterns: map[string]*regexp.Regexp{}, usage: usage{repeats: 1},
	}
	if s.fw == nil {
		s.fw = openHanded{}
	}
	s.vars = newVariables(s)
	s.all()
	if s.flow == refused {
		f.Entries = nil
		return s.diags
	}
	return append(s.diags, s.notes.diagnostics(s)...)
}

// all parses and runs the script. A panic can only be the library's; it becomes
// an error at the command that was run.
func (s *shell) all() {
	defer func() {
		if p := recover(); p != nil {
			s.refuse(diag.ScriptError, s.at, fmt.Sprintf("this command cannot be run here: %v", p), "", scriptFix)
		}
	}()
	if prog := s.parse(); prog != nil {
		s.firstLine()
		s.stmts(prog.Stmts)
	}
}

func (s *shell) parse() *syntax.File {
	text := s.file.Text
	if len(text) > maxScript {
		s.refuse(diag.ScriptTooLong, ast.Range{}, "this script is too large to be run here",
			"A script may have a megabyte.", scriptFix)
		return nil
	}
	language := variant(text)
	s.braces = language == syntax.LangBash
	prog, err := parseShallow(syntax.NewParser(syntax.Variant(language)), text)
	var lang syntax.LangError
	if errors.As(err, &lang) {
		// What sh is differs between hosts: with bash for sh the script ran.
		s.braces = true
		prog, err = parseShallow(syntax.NewParser(), text)
	}
	var deep *deepError
	if err == nil {
		deep = tooDeep(prog)
	}
	switch {
	case deep != nil || errors.As(err, &deep):
		s.refuseDeep(deep.offset)
		return nil
	case err != nil:
		s.parseError(err)
		return nil
	}
	prepare(prog)
	return prog
}

// firstLine takes the options in a line such as "#!/bin/sh -e".
func (s *shell) firstLine() {
	line, _, _ := strings.Cut(s.file.Text, "\n")
	if words := strings.Fields(line); interpreter(line) != "" && strings.HasPrefix(words[len(words)-1], "-") {
		for _, c := range []byte(words[len(words)-1][1:]) {
			s.option(c, true)
		}
	}
}

// variant is the language that the first line names; bash where it names none.
func variant(text string) syntax.LangVariant {
	line, _, _ := strings.Cut(text, "\n")
	if name := interpreter(line); name != "" && name != "bash" {
		return syntax.LangPOSIX
	}
	return syntax.LangBash
}

// interpreter is the shell that a "#!" line names, empty if it names none.
func interpreter(line string) string {
	if !strings.HasPrefix(line, "#!") {
		return ""
	}
	words := strings.Fields(line[2:])
	for len(words) > 0 && (path.Base(words[0]) == "env" || path.Base(words[0]) == "busybox" || strings.HasPrefix(words[0], "-")) {
		words = words[1:]
	}
	if len(words) > 0 && slices.Contains([]string{"sh", "bash", "dash", "ash", "ksh", "mksh", "zsh"}, path.Base(words[0])) {
		return path.Base(words[0])
	}
	return ""
}

func (s *shell) parseError(err error) {
	var parse syntax.ParseError
	var lang syntax.LangError
	switch {
	case errors.As(err, &parse):
		at := s.lines.place(int(parse.Pos.Offset()))
		s.refuse(diag.ScriptError, ast.Range{Start: at, End: at}, "the shell does not understand this: "+parse.Text,
			"The shell gives up at such a place.", "Put the script right. This checks it: sh -n "+display.ShellPath(s.file.Name))
	case errors.As(err, &lang):
		at := s.lines.place(int(lang.Pos.Offset()))
		s.refuse(diag.ScriptError, ast.Range{Start: at, End: at}, "this is no shell that is read here: "+lang.Feature, "Scripts for sh and bash are run.", scriptFix)
	default:
		s.refuse(diag.ScriptError, ast.Range{}, "the shell does not understand this: "+err.Error(), "", scriptFix)
	}
}

// config is what expansions need: nothing in it reaches the machine. It is made
// anew for each, because a substitution within one must not share its buffers.
func (s *shell) config() *expand.Config {
	return &expand.Config{
		Env: s.vars, CmdSubst: s.substitute, ProcSubst: s.refuseProcess, NoUnset: s.nounset,
	}
}

// rangeOf is the range of a node, up to the end of its first line.
func (s *shell) rangeOf(n syntax.Node) ast.Range {
	r := ast.Range{Start: s.lines.place(int(n.Pos().Offset())), End: s.lines.place(int(n.End().Offset()))}
	if r.End.Line != r.Start.Line {
		r.End = ast.Pos{Line: r.Start.Line, Column: uint32(len(s.file.Line(r.Start.Line)) + 1)}
	}
	return r
}

// lineIndex finds the line and column of a byte. The library's own columns end
// at 16383.
type lineIndex []int

func indexLines(text string) lineIndex {
	starts := lineIndex{0}
	for i := range len(text) {
		if text[i] == '\n' {
			starts = append(starts, i+1)
		}
	}
	return starts
}

func (l lineIndex) place(offset int) ast.Pos {
	i, found := slices.BinarySearch(l, offset)
	if !found {
		i--
	}
	return ast.Pos{Line: uint32(i + 1), Column: uint32(offset - l[i] + 1)}
}
