package compile

import (
	"slices"
	"strings"

	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/internal/diag"
)

// Syntax tells grammar which words are options, as getopt_long does with the options of
// iptables and of the matches and the target that a rule has loaded so far. It
// implements grammar.Syntax.
type Syntax struct{}

// Alone implements grammar.Syntax.
func (Syntax) Alone(match, name string) bool {
	if len(name) == 2 {
		spec := coreShort(name[1])
		return spec != nil && spec.args+spec.more == 0
	}
	long := strings.TrimPrefix(name, "--")
	if spec := lookup(coreOptions, long); spec != nil {
		return spec.args+spec.more == 0
	}
	if ext := anyMatch(match, ast.FamilyUnknown); ext != nil {
		if spec := lookup(ext.options, long); spec != nil {
			return spec.args+spec.more == 0 && !takesIn(long, func(e *extension) bool { return e.isTarget() })
		}
	}
	known := slices.ContainsFunc(extensions, func(e *extension) bool { return lookup(e.options, long) != nil })
	return known && !takesIn(long, func(*extension) bool { return true })
}

// takesIn tells whether an option takes a word in some extension of a kind.
func takesIn(long string, of func(*extension) bool) bool {
	return slices.ContainsFunc(extensions, func(e *extension) bool {
		spec := lookup(e.options, long)
		return spec != nil && spec.args+spec.more > 0 && of(e)
	})
}

// anyMatch finds a match in the family or, where that has none, in another.
func anyMatch(name string, f ast.Family) *extension { return inAny(findMatch, name, f) }

func inAny(find func(string, ast.Family) *extension, name string, f ast.Family) *extension {
	for _, family := range []ast.Family{f, ast.IPv4, ast.IPv6} {
		if ext := find(name, family); ext != nil {
			return ext
		}
	}
	return nil
}

// Sort implements grammar.Syntax.
func (Syntax) Sort(family ast.Family, words []ast.Word) ([]ast.Option, *ast.Word) {
	s := sorter{words: words, c: &ruleCompiler{family: family, workspace: &workspace{}, diags: &diag.List{}}}
	for s.at < len(s.words) {
		if bad := s.next(); bad != nil {
			return nil, bad
		}
	}
	if s.bang != nil {
		return nil, s.bang
	}
	return s.options, nil
}

// sorter goes through the words of one command.
type sorter struct {
	c       *ruleCompiler // has what the rule has loaded
	words   []ast.Word
	at      int
	options []ast.Option
	bang    *ast.Word // that waits for its option
	command bool      // there was one; a second is an error, so it takes no word
}

// next takes one word, or an option with its value. It returns a word that fits nowhere.
func (s *sorter) next() (bad *ast.Word) {
	w := &s.words[s.at]
	s.at++
	switch {
	case w.Text == "--" && s.bang == nil && s.at == len(s.words):
		return nil // ends the options, and there are no more
	case w.Text == "!" && s.bang == nil:
		s.bang = w
		return nil
	case len(w.Text) > 2 && strings.HasPrefix(w.Text, "--"):
		s.long(w)
	case len(w.Text) > 1 && w.Text[0] == '-' && w.Text != "--":
		s.cluster(w)
	case s.bang != nil:
		return s.bang
	case len(s.options) == 0:
		return w
	default:
		s.value(*w)
	}
	return nil
}

func (s *sorter) value(w ast.Word) {
	o := &s.options[len(s.options)-1]
	o.Values = append(o.Values, w)
	o.Range = ast.Span(o.Range, w.Range)
}

// begin adds an option, with the "!" that waits for one.
func (s *sorter) begin(name string, at ast.Range) {
	o := ast.Option{Name: name, Range: at}
	if s.bang != nil {
		o.Not, o.Range = true, ast.Span(s.bang.Range, at)
		s.bang = nil
	}
	s.options = append(s.options, o)
}

func (s *sorter) long(w *ast.Word) {
	name, value, joined := strings.Cut(w.Text, "=")
	_, spec := s.c.find(name)
	if spec != nil && spec.command {
		name = "--" + spec.name // so that grammar knows a command that is cut short
	}
	s.begin(name, pieceOf(w, 0, len(name)))
	if joined {
		s.value(ast.Word{Text: value, Range: pieceOf(w, strings.IndexByte(w.Text, '=')+1, len(w.Text)), Quoted: true})
	} else {
		s.following(spec)
	}
	s.load(spec)
}

// pieceOf is the range of a part of a word. Of one that its text does not show in full,
// it is the whole word.
func pieceOf(w *ast.Word, from, to int) ast.Range {
	r := w.Range
	if w.Quoted || int(r.End.Column-r.Start.Column) != len(w.Text) {
		return r
	}
	r.End.Column = r.Start.Column + uint32(to)
	r.Start.Column += uint32(from)
	return r
}

// cluster takes apart "-ieth0" and "-nv".
func (s *sorter) cluster(w *ast.Word) {
	for i := 1; i < len(w.Text); i++ {
		spec := coreShort(w.Text[i])
		if spec == nil && i == 1 {
			s.begin(w.Text, w.Range)
			return
		}
		s.begin("-"+w.Text[i:i+1], pieceOf(w, i-1, i+1))
		if spec == nil || spec.args+spec.more == 0 && !optional(spec) {
			s.load(spec)
			continue
		}
		if i+1 < len(w.Text) {
			s.value(ast.Word{Text: w.Text[i+1:], Range: pieceOf(w, i+1, len(w.Text)), Quoted: true})
		} else {
			s.following(spec)
		}
		s.load(spec)
		return
	}
}

// optional tells a command with a word that may be left out.
func optional(spec *option) bool { return spec.command && spec.args == 0 }

// following gives the last option the word that it must have, whatever that looks like.
// A "!" in front of one that can be negated is the old place of the negation.
func (s *sorter) following(spec *option) {
	if spec == nil || spec.args == 0 || s.at >= len(s.words) || spec.command && s.command {
		return
	}
	s.command = s.command || spec.command
	w := s.words[s.at]
	s.at++
	o := &s.options[len(s.options)-1]
	if w.Text == "!" && spec.not && !o.Not && s.at < len(s.words) && !strings.HasPrefix(s.words[s.at].Text, "-") {
		o.Not, o.NotLate = true, true
		w = s.words[s.at]
		s.at++
	}
	s.value(w)
}

// load does what an option changes for those behind it.
func (s *sorter) load(spec *option) {
	o := &s.options[len(s.options)-1]
	if spec == nil || len(o.Values) == 0 {
		return
	}
	name := o.Values[0].Text
	switch spec.fullName() {
	case "match":
		if ext := anyMatch(name, s.c.family); ext != nil {
			s.c.calls = append(s.c.calls, s.c.newCall(ext, o.Range))
		}
	case "jump":
		if ext := inAny(findTarget, name, s.c.family); ext != nil && s.c.target == nil {
			s.c.target = s.c.newCall(ext, o.Range)
		}
	case "protocol":
		if n, ok := protocolNumber(name); ok && n != 0 && s.c.core.protocol == nil {
			s.c.core.protocol = &Protocol{Number: n}
		}
	}
}
