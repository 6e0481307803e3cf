package grammar

import (
	"slices"
	"strings"

	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/internal/diag"
)

// ipset runs a command of ipset. Its sets are those of the Firewall, which also
// says what ipset answers.
func (s *shell) ipset(args []argument) {
	s.status = 0
	verb := ipsetVerb(args[1:])
	shows := isVerb(verb, "list", "-L") || isVerb(verb, "save", "-S")
	switch {
	case verb == "" || isVerb(verb, "version", "-v", "-V") || isVerb(verb, "help", "-h", "-H"):
		if s.filesOnly("", nil) {
			s.printUnknown("ipset")
			s.status = 2 * truth(verb != "")
		}
		return
	case isVerb(verb, "restore", "-R"):
		s.ipsetRestore(args)
		return
	case shows && s.io.file != nil:
		s.skip("ipset "+verb+" to a file", s.at)
	case !s.filesOnly("", nil):
		return
	}
	if !s.step(1 + len(s.file.Entries)/100) {
		return
	}
	words := ipsetWords(args[1:])
	if !s.keepBytes(ruleCost + lengthOfWords(words)) {
		return
	}
	if shows {
		s.printUnknown("ipset " + verb)
	}
	s.ipsetFailed(s.fw.IPSet(s.file, words), placeOf(args), shows || isVerb(verb, "test", "-T"))
}

// ipsetVerb is the first word that is no option of ipset itself.
func ipsetVerb(args []argument) string {
	for i := 0; i < len(args); i++ {
		switch args[i].text {
		case "-exist", "--exist", "-!", "-q", "-quiet", "--quiet", "-n", "-name", "-t", "-terse", "-s", "-sorted", "-r", "-resolve":
		case "-f", "-file", "--file", "-o", "-output", "--output":
			i++
		default:
			return args[i].text
		}
	}
	return ""
}

// isVerb tells whether a word is a command, which may be shortened to two letters
// here, or one of its short names.
func isVerb(word, name string, short ...string) bool {
	long := strings.TrimPrefix(word, "--")
	return slices.Contains(short, word) || len(long) > 1 && strings.HasPrefix(name, long)
}

func ipsetWords(args []argument) []ast.Word {
	out := make([]ast.Word, len(args))
	for i, a := range args {
		out[i] = ast.Word{Text: a.text, Range: a.at}
	}
	return out
}

func lengthOfWords(words []ast.Word) (n int) {
	for i := range words {
		n += len(words[i].Text)
	}
	return n
}

// ipsetFailed takes ipset's answer. Where it fails because of the sets that there are
// the script may look at its status; what else is wrong is an error, because ipset
// might take it on a host.
func (s *shell) ipsetFailed(why *diag.Diagnostic, r ast.Range, asks bool) {
	if why == nil {
		return
	}
	s.status = 1
	switch {
	case why.Code != diag.IPSetUnknown && why.Code != diag.IPSetRefused:
		why.Range, why.Line = r, s.file.Line(r.Start.Line)
		s.ipsetWrong(why)
	case why.Code == diag.IPSetUnknown && asks:
		s.skip("taken not to be there: the set of this command of ipset", r)
	case s.tested == 0 && !s.io.quiet:
		s.warnOnce(diag.CommandFails, r, "ipset refuses this command: "+why.Summary,
			"It has no effect, and the script goes on behind it. The sets are taken to be those of --ipset-file at its start, none without it.", "")
	}
}

// ipsetWrong keeps an error of ipset. Where sets have too many entries the script ends:
// each further command would take as long as the last.
func (s *shell) ipsetWrong(why *diag.Diagnostic) {
	s.diags.Add(*why)
	if why.Code == diag.IPSetTooMuch {
		s.flow = refused
	}
}

// ipsetRestore applies a text as `ipset restore` does. ipset gives up at a line that
// fails, which is an error here.
func (s *shell) ipsetRestore(args []argument) {
	exist := false
	for i := 1; i < len(args); i++ {
		switch a := args[i].text; {
		case a == "-exist" || a == "--exist" || a == "-!":
			exist = true
		case (a == "-f" || a == "-file" || a == "--file") && i+1 < len(args):
			s.io.from = &fileUse{args[i+1].text, args[i+1].at}
			i++
		}
	}
	if s.io.from != nil {
		s.notKnown(s.io.from.at, "the file "+s.io.from.name+" is not read", "Give the sets with --ipset-file and remove this line, or put what the file says into the script as a here-document (<<EOF).")
		return
	}
	in, ok := s.take(args[0].at)
	if !ok || !s.filesOnly("", nil) || !s.step(1+strings.Count(in.text, "\n")) || !s.keepBytes(2*len(in.text)) {
		return
	}
	start, fixed := in.start, in.start == 0
	if fixed {
		start = in.at.Start.Line
	}
	text := in.text
	in.text = ""
	if why := s.fw.IPSetLines(s.file, text, start, fixed, exist); why != nil {
		s.status = 1
		if why.Range.Start.Line == 0 {
			why.Range, why.Line = in.at, s.file.Line(in.at.Start.Line)
		}
		s.ipsetWrong(why)
	}
}
