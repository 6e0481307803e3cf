package grammar

import (
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/internal/diag"
	"mvdan.cc/sh/v3/expand"
	"mvdan.cc/sh/v3/syntax"
)

// builtin finds a command of the shell, or one that computes and nothing else.
func (s *shell) builtin(name string) func(args []argument) {
	if dir, base := path.Split(name); slices.Contains([]string{"/bin/", "/usr/bin/", "/sbin/", "/usr/sbin/"}, dir) {
		name = base
	}
	switch name {
	case ":", "true":
		return func([]argument) { s.status = 0 }
	case "false":
		return func([]argument) { s.status = 1 }
	case "echo":
		return s.echo
	case "printf":
		return s.printf
	case "test", "[":
		return s.test
	case "exit":
		return func(args []argument) { s.leave(args, exits) }
	case "return":
		return func(args []argument) { s.leave(args, returns) }
	case "break":
		return func(args []argument) { s.leaveLoop(args, breaks) }
	case "continue":
		return func(args []argument) { s.leaveLoop(args, continues) }
	case "shift":
		return s.shift
	case "set":
		return s.set
	case "unset":
		return s.unset
	case "export", "readonly", "local", "declare", "typeset":
		return s.declareWords
	case "read":
		return s.read
	case "cat":
		return s.cat
	case "basename", "dirname":
		return s.pathPart
	case "seq":
		return s.seq
	case "which", "type", "command":
		return func(args []argument) { s.which(args[1:]) }
	case "getopts":
		return s.getopts
	case "trap":
		return s.trap
	case "exec":
		return s.exec
	}
	return nil
}

func (s *shell) echo(args []argument) {
	words, end := texts(args[1:]), "\n"
	for len(words) > 0 && (words[0] == "-n" || words[0] == "-e" || words[0] == "-E") {
		if words[0] == "-n" {
			end = ""
		}
		words = words[1:]
	}
	s.print(strings.Join(words, " ") + end)
}

// printf prints, or with -v NAME keeps what it would print.
func (s *shell) printf(args []argument) {
	args = args[1:]
	name := ""
	if len(args) > 1 && args[0].text == "-v" {
		name, args = args[1].text, args[2:]
	}
	if len(args) > 0 && args[0].text == "--" {
		args = args[1:]
	}
	if len(args) == 0 {
		s.status = 2
		return
	}
	if !s.formatFits(args[0].text) {
		return
	}
	if text, ok := s.format(args[0].text, texts(args[1:])); !ok {
		s.status = 1
	} else if name == "" {
		s.print(text)
	} else if !syntax.ValidName(name) || s.vars.Set(name, textValue(text)) != nil {
		s.status = 2
	}
}

// format applies a format of printf as often as it takes all words.
func (s *shell) format(format string, words []string) (string, bool) {
	var b strings.Builder
	most := strings.Count(format, "%") // that are taken at one time
	for first := true; first || len(words) > 0; first = false {
		if !s.spend(patternCost + len(format)) {
			return "", true
		}
		text, used, err := expand.Format(s.config(), format, append([]string{}, words[:min(most, len(words))]...))
		if err != nil {
			return "", false
		}
		if b.WriteString(text); used == 0 || s.flow != goesOn || b.Len() > maxValue {
			break
		}
		words = words[min(used, len(words)):]
	}
	return b.String(), true
}

// formatFits refuses a format that pads its words with more than a value may have.
func (s *shell) formatFits(format string) bool {
	width := 0
	for _, part := range strings.Split(format, "%") {
		digits := strings.TrimLeft(part, "+- 0")
		end := 0
		for end < len(digits) && digits[end] >= '0' && digits[end] <= '9' {
			end++
		}
		n, err := strconv.Atoi(digits[:end])
		if end > 0 && (err != nil || n > maxValue) {
			n = maxValue + 1
		}
		width += n
	}
	if width > maxValue {
		s.tooLong(s.at, "printf pads its words with too many blanks")
	}
	return s.flow == goesOn
}

// leave is exit and return.
func (s *shell) leave(args []argument, how flow) {
	status := s.last
	if len(args) > 1 {
		n, err := strconv.Atoi(args[1].text)
		if err != nil {
			n = 2
		}
		status = n & 255
	}
	s.status, s.flow = status, how
}

func (s *shell) leaveLoop(args []argument, how flow) {
	if s.loops == 0 {
		return
	}
	s.levels = 1
	if len(args) > 1 {
		n, err := strconv.Atoi(args[1].text)
		if err != nil || n < 1 {
			s.refuse(diag.ScriptError, args[1].at, "\""+args[1].text+"\" is not a number of loops", "", scriptFix)
			return
		}
		s.levels = min(n, s.loops)
	}
	s.flow = how
}

func (s *shell) shift(args []argument) {
	n := 1
	if len(args) > 1 {
		n, _ = strconv.Atoi(args[1].text)
	}
	if n < 0 || n > len(s.vars.params) {
		s.vars.asked("shift")
		s.status = 1
		return
	}
	gone := sizeOfParams(s.vars.params[:n])
	s.vars.size, s.vars.paramSize = s.vars.size-gone, s.vars.paramSize-gone
	s.vars.params = s.vars.params[n:]
	s.vars.places = s.vars.places[min(n, len(s.vars.places)):]
}

// set changes the shell's options or its parameters.
func (s *shell) set(args []argument) {
	for i := 1; i < len(args); i++ {
		word := args[i].text
		switch {
		case word == "--":
			s.vars.setParams(args[i+1:])
			s.vars.given = true
			return
		case len(word) > 1 && (word[0] == '-' || word[0] == '+'):
			for _, c := range []byte(word[1:]) {
				if c == 'o' && i+1 < len(args) {
					i++
					c = map[string]byte{"errexit": 'e', "nounset": 'u', "noexec": 'n'}[args[i].text]
				}
				s.option(c, word[0] == '-')
			}
		default:
			s.vars.setParams(args[i:])
			s.vars.given = true
			return
		}
	}
}

func (s *shell) option(c byte, on bool) {
	switch c {
	case 'e':
		s.errexit = on
	case 'u':
		s.nounset = on
	case 'n':
		s.notRun(s.at, "set -n is not run")
	}
}

func (s *shell) unset(args []argument) {
	for _, a := range args[1:] {
		switch {
		case strings.HasPrefix(a.text, "-"):
		case s.funcs[a.text] != nil && !s.vars.values[a.text].Set:
			delete(s.funcs, a.text)
		case s.vars.values[a.text].ReadOnly:
			s.status = 1
		default:
			s.vars.remove(a.text)
		}
	}
}

// declareWords is for shells to which export and its kin are commands like others.
func (s *shell) declareWords(args []argument) {
	kind := args[0].text
	for _, a := range args[1:] {
		name, value, set := strings.Cut(a.text, "=")
		if !syntax.ValidName(name) || kind == "local" && s.calls == 0 {
			s.refuse(diag.ScriptError, a.at, kind+" "+a.text+" is not understood", "The shell stops here.", scriptFix)
			return
		}
		if s.calls > 0 && kind != "export" && kind != "readonly" {
			s.vars.local(name)
		}
		x := s.vars.values[name]
		if set {
			x = textValue(value)
		}
		x.ReadOnly = x.ReadOnly || kind == "readonly"
		if err := s.vars.Set(name, x); err != nil && s.flow == goesOn {
			s.refuse(diag.ScriptError, a.at, "this assignment fails: "+err.Error(), "The shell stops here.", scriptFix)
			return
		}
	}
}

// read takes a line of the input.
func (s *shell) read(args []argument) {
	raw, array := false, false
	names := []string{}
	for _, a := range args[1:] {
		switch {
		case a.text == "-r":
			raw = true
		case a.text == "-a" && len(names) == 0:
			array = true
		case a.text == "-ra" && len(names) == 0:
			raw, array = true, true
		case strings.HasPrefix(a.text, "-"):
			s.notRun(a.at, "read "+a.text+" is not run")
			return
		default:
			names = append(names, a.text)
		}
	}
	if array && len(names) != 1 {
		s.notRun(placeOf(args), "read -a is run with one name only")
		return
	}
	in, ok := s.take(args[0].at)
	if !ok {
		return
	}
	line, ended := in.line(raw)
	s.status = truth(ended)
	if !s.spend(len(line)) {
		return
	}
	if s.readsAlike(placeOf(args), line, len(names), array) {
		s.readInto(names, line, raw, array)
	}
}

// line takes a line away. Without raw a backslash at its end continues it.
func (in *input) line(raw bool) (string, bool) {
	line, rest, ended := strings.Cut(in.text, "\n")
	var b strings.Builder
	for !raw && ended && strings.HasSuffix(line, `\`) {
		b.WriteString(line[:len(line)-1])
		line, rest, ended = strings.Cut(rest, "\n")
	}
	in.text = rest
	if b.Len() == 0 {
		return line, ended
	}
	b.WriteString(line)
	return b.String(), ended
}

// readsAlike tells whether the library cuts a line as a shell does. It loses empty
// parts, and the separator behind the last part where that takes all the rest.
func (s *shell) readsAlike(at ast.Range, line string, names int, array bool) bool {
	separators := strings.Trim(s.vars.values["IFS"].Str, " \t\n")
	if separators == "" || names < 2 && !array {
		return true
	}
	full := strings.TrimRight(line, " \t")
	parts := strings.FieldsFunc(line, func(r rune) bool { return strings.ContainsRune(separators, r) })
	cut := !array && full != "" && len(parts) > names && strings.ContainsRune(separators, rune(full[len(full)-1]))
	if cut || hasEmptyField(line, separators) {
		s.notRun(at, "reading a line with empty parts is not run")
		return false
	}
	return true
}

func (s *shell) readInto(names []string, line string, raw, array bool) {
	if array {
		words := expand.ReadFields(s.config(), line, -1, raw)
		if !syntax.ValidName(names[0]) || s.vars.Set(names[0], expand.Variable{Set: true, Kind: expand.Indexed, List: words}) != nil {
			s.status = 2
		}
		return
	}
	if len(names) == 0 {
		names = []string{"REPLY"}
	}
	words := expand.ReadFields(s.config(), line, len(names), raw)
	for i, name := range names {
		value := ""
		if i < len(words) {
			value = words[i]
		}
		if !syntax.ValidName(name) || s.vars.Set(name, textValue(value)) != nil {
			s.status = 2
			return
		}
	}
}

// cat passes its input on.
func (s *shell) cat(args []argument) {
	if len(args) > 1 && args[1].text != "-" {
		if s.shown > 0 {
			s.printUnknown("cat")
			return
		}
		s.fileNotRead(&fileUse{args[1].text, args[1].at})
		return
	}
	if s.io.in != nil && s.io.in.unknown != "" {
		s.printUnknown(s.io.in.unknown)
		return
	}
	if in, ok := s.take(args[0].at); ok {
		s.print(in.text)
		in.text = ""
	}
}

func (s *shell) pathPart(args []argument) {
	if len(args) < 2 {
		s.status = 1
		return
	}
	p := args[1].text
	if args[0].text == "dirname" {
		s.print(path.Dir(p) + "\n")
		return
	}
	base := path.Base(p)
	if len(args) > 2 && base != args[2].text {
		base = strings.TrimSuffix(base, args[2].text)
	}
	s.print(base + "\n")
}

// seq counts, in whole numbers.
func (s *shell) seq(args []argument) {
	n := []int{}
	for _, a := range args[1:] {
		v, err := strconv.Atoi(a.text)
		if err != nil {
			s.notRun(a.at, "seq with "+a.text+" is not run")
			return
		}
		n = append(n, v)
	}
	first, step, last := 1, 1, 0
	switch len(n) {
	case 1:
		last = n[0]
	case 2:
		first, last = n[0], n[1]
	case 3:
		first, step, last = n[0], n[1], n[2]
	}
	if step == 0 || len(n) == 0 || len(n) > 3 {
		s.status = 1
		return
	}
	for i := first; (step > 0 && i <= last || step < 0 && i >= last) && s.step(1); i += step {
		s.print(fmt.Sprintln(i))
	}
}

// getopts finds no options where there are no parameters.
func (s *shell) getopts(args []argument) {
	if len(args) <= 3 {
		s.vars.asked("getopts")
	}
	if len(args) > 3 || len(s.vars.params) > 0 {
		s.notRun(placeOf(args), "getopts is not run")
	}
	s.status = 1
}

// trap takes away what would happen on a signal; anything else is not run.
func (s *shell) trap(args []argument) {
	if len(args) > 1 && args[1].text != "" && args[1].text != "-" {
		s.notRun(placeOf(args), "trap is not run")
	}
}

// exec without a command is a redirection, which redirect has judged.
func (s *shell) exec(args []argument) {
	if len(args) > 1 {
		s.notRun(placeOf(args), "exec is not run")
	}
}
