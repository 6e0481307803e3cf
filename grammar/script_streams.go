package grammar

import (
	"strings"

	"github.com/recentc/recentc/ast"
	"mvdan.cc/sh/v3/expand"
	"mvdan.cc/sh/v3/syntax"
)

// output collects what commands print where the script uses it.
type output struct {
	text strings.Builder
	// unknown names a command that would have printed something of the machine.
	unknown string
}

// input is what commands read: a here-document, or another command's output.
type input struct {
	text    string
	unknown string
	at      ast.Range
	// start is the line of the script that the text begins with, 0 if it is no part of it.
	start uint32
}

// fileUse is a redirection from or to a file.
type fileUse struct {
	name string
	at   ast.Range
}

// streams are where a command reads and writes. Without out its output goes to
// the terminal or nowhere, which is all the same here.
type streams struct {
	out *output
	in  *input
	// void tells that the output is thrown away.
	void bool
	// quiet tells that error messages are thrown away.
	quiet bool
	// file and from are files, which only some commands may have: see call.
	file, from *fileUse
}

// print writes for a command.
func (s *shell) print(text string) {
	if s.io.out != nil && s.io.out.text.Len()+len(text) < maxValue {
		s.io.out.text.WriteString(text)
	} else if s.io.out != nil {
		s.tooLong(s.at, "this command prints too much")
	}
}

// printUnknown is for a command that would print something of the machine.
func (s *shell) printUnknown(name string) {
	if s.io.out != nil {
		s.io.out.unknown = name
	}
}

// redirect sets the streams of a command; it tells whether the command may run.
func (s *shell) redirect(st *syntax.Stmt) bool {
	_, simple := st.Cmd.(*syntax.CallExpr)
	for _, r := range st.Redirs {
		if !s.redirectOne(r, simple) {
			return false
		}
	}
	if st.Cmd == nil && s.io.file != nil {
		s.filesOnly("", nil)
	}
	return s.flow == goesOn
}

func (s *shell) redirectOne(r *syntax.Redirect, simple bool) bool {
	switch r.Op {
	case syntax.Hdoc, syntax.DashHdoc:
		return s.hereDocument(r)
	case syntax.WordHdoc:
		text, ok := s.literal(r.Word)
		s.io.in = &input{text: text + "\n", at: s.rangeOf(r)}
		return ok
	}
	target, ok := s.literal(r.Word)
	if !ok {
		return false
	}
	fd := ""
	if r.N != nil {
		fd = r.N.Value
	}
	switch r.Op {
	case syntax.RdrIn:
		return s.readFrom(r, target, simple)
	case syntax.DplIn:
		return true
	case syntax.DplOut:
		if strings.Trim(target, "0123456789-") == "" {
			s.duplicate(fd, target)
			return true
		}
		return s.writeTo(r, "&", target, simple)
	case syntax.RdrOut, syntax.AppOut, syntax.RdrClob:
		return s.writeTo(r, fd, target, simple)
	case syntax.RdrAll, syntax.AppAll:
		return s.writeTo(r, "&", target, simple)
	}
	s.notRun(s.rangeOf(r), "this redirection is not run")
	return false
}

// duplicate is "2>&1" and its kin.
func (s *shell) duplicate(fd, target string) {
	switch {
	case fd == "2" && target == "1":
		s.io.quiet = s.io.void
	case (fd == "" || fd == "1") && target != "1":
		s.io.out, s.io.file, s.io.void = nil, nil, false
	}
}

func (s *shell) writeTo(r *syntax.Redirect, fd, target string, simple bool) bool {
	switch {
	case target == "/dev/null":
		s.throwAway(fd)
	case target == "/dev/stderr" || target == "/dev/tty" || target == "/dev/console":
		if fd != "2" {
			s.io.out = nil
		}
	case target == "/dev/stdout":
	case ofKernel(target):
		s.skip("writing to "+kernelFolder(target), s.rangeOf(r))
		s.throwAway(fd)
	case simple && fd != "2":
		s.io.file, s.io.out = &fileUse{target, s.rangeOf(r)}, nil
	default:
		s.notRun(s.rangeOf(r), "the file "+target+" is not written")
		return false
	}
	return true
}

func kernelFolder(target string) string {
	if strings.HasPrefix(target, "/sys/") {
		return "/sys"
	}
	return "/proc"
}

func (s *shell) throwAway(fd string) {
	if fd == "2" || fd == "&" {
		s.io.quiet = true
	}
	if fd != "2" {
		s.io.out, s.io.file, s.io.void = nil, nil, true
	}
}

func (s *shell) readFrom(r *syntax.Redirect, target string, simple bool) bool {
	switch {
	case target == "/dev/null":
		s.io.in = &input{at: s.rangeOf(r)}
	case simple:
		s.io.from = &fileUse{target, s.rangeOf(r)}
	default:
		s.fileNotRead(&fileUse{target, s.rangeOf(r)})
		return false
	}
	return true
}

func (s *shell) fileNotRead(f *fileUse) {
	s.notKnown(f.at, "the file "+f.name+" is not read", "Put what it says into the script, as a here-document (<<EOF), or give the file to recentc beside the script if it has rules.")
}

// filesOnly refuses files to commands other than those that name them.
func (s *shell) filesOnly(name string, may []string) bool {
	for _, m := range may {
		if m == name {
			return true
		}
	}
	switch {
	case s.io.file != nil:
		s.notRun(s.io.file.at, "the file "+s.io.file.name+" is not written")
	case s.io.from != nil:
		s.fileNotRead(s.io.from)
	}
	return s.flow == goesOn
}

// hereDocument makes the text behind "<<" the input.
func (s *shell) hereDocument(r *syntax.Redirect) bool {
	in := &input{at: s.rangeOf(r.Word), start: s.rangeOf(r.Word).Start.Line + 1}
	s.io.in = in
	if r.Hdoc == nil {
		return true
	}
	in.start = s.rangeOf(r.Hdoc).Start.Line
	body := r.Hdoc
	if r.Op == syntax.DashHdoc {
		body = withoutTabs(body)
	}
	ok := s.expanding(r.Hdoc, func() (err error) {
		in.text, err = expand.Document(s.config(), body)
		return err
	})
	return ok && s.hold(len(in.text))
}

// withoutTabs removes the tabs that "<<-" takes from the start of each line.
func withoutTabs(w *syntax.Word) *syntax.Word {
	out := &syntax.Word{}
	start := true
	for _, p := range w.Parts {
		lit, ok := p.(*syntax.Lit)
		if !ok {
			out.Parts, start = append(out.Parts, p), false
			continue
		}
		lines := strings.Split(lit.Value, "\n")
		for i := range lines {
			if i > 0 || start {
				lines[i] = strings.TrimLeft(lines[i], "\t")
			}
		}
		start = strings.HasSuffix(lit.Value, "\n")
		out.Parts = append(out.Parts, &syntax.Lit{ValuePos: lit.ValuePos, ValueEnd: lit.ValueEnd, Value: strings.Join(lines, "\n")})
	}
	return out
}

// take is the whole of the input.
func (s *shell) take(at ast.Range) (*input, bool) {
	in := s.io.in
	switch {
	case in == nil:
		s.notKnown(at, "this command reads what is typed at the keyboard", "Write the values into the script.")
		return nil, false
	case in.unknown != "":
		s.notKnown(at, "what "+in.unknown+" prints is not known here", "Write the values into the script.")
		return nil, false
	}
	return in, true
}
