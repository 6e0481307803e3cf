package grammar

import (
	"github.com/alecthomas/participle/v2"
	"github.com/alecthomas/participle/v2/lexer"
	"github.com/recentc/recentc/ast"
)

// Syntax knows which options take words. Only the extensions say it, and this package
// knows none of them, so it asks where the form of a line leaves a doubt: in
// "--comment -6" the word -6 is a value, in "--set -6" it is an option.
type Syntax interface {
	// Alone tells that an option surely takes no word, where match is the last match
	// that the rule has loaded.
	Alone(match, option string) bool
	// Sort makes options of the words of a command as getopt does. It gives the word
	// that fits nowhere, nil if all do.
	Sort(family ast.Family, words []ast.Word) ([]ast.Option, *ast.Word)
}

// doubts remembers what Syntax said, for a run of lines.
type doubts struct {
	syntax Syntax
	alone  map[[2]string]bool
}

// takes tells whether the last option may take the word that follows it, although the
// word looks like an option, or is a "!".
func (o *options) takes() bool {
	if o.doubts == nil || o.doubts.syntax == nil || len(o.list) == 0 || len(o.list[len(o.list)-1].Values) > 0 {
		return false
	}
	key := [2]string{o.lastMatch(), o.list[len(o.list)-1].Name}
	alone, known := o.doubts.alone[key]
	if !known {
		alone = o.doubts.syntax.Alone(key[0], key[1])
		if o.doubts.alone == nil {
			o.doubts.alone = map[[2]string]bool{}
		}
		o.doubts.alone[key] = alone
	}
	return !alone
}

func (o *options) lastMatch() string {
	for i := len(o.list) - 1; i >= 0; i-- {
		if l := &o.list[i]; (l.Name == "-m" || l.Name == "--match") && len(l.Values) > 0 {
			return l.Values[0].Text
		}
	}
	return ""
}

// doubt tells whether the form of a word may mislead.
func (o *options) doubt(t *lexer.Token) bool {
	if o.doubts == nil || o.syntax == nil {
		return false
	}
	switch t.Type {
	case tokFlag:
		return shortened[t.Value] || o.takes()
	case tokBang:
		return len(o.list) == 0 || o.takes()
	case tokQuoted: // getopt sees no quotes
		return t.Value == "!" || len(t.Value) > 1 && t.Value[0] == '-' && t.Pos.Filename != gluedMark
	}
	return t.Value == "--"
}

// gluedMark is the file of a value that stands in one word with its option.
const gluedMark = "\x00glued"

// shortened are beginnings of iptables' own commands and of --table, which are options
// of their own or stand for them: only Syntax can tell.
var shortened = func() map[string]bool {
	out := map[string]bool{}
	full := []string{"--table"}
	for name := range commandOps {
		full = append(full, name)
	}
	for _, name := range full {
		for n := 3; n < len(name); n++ {
			if _, exact := commandOps[name[:n]]; !exact {
				out[name[:n]] = true
			}
		}
	}
	return out
}()

// sort reads the words once more and lets Syntax make options of them.
func (o *options) sort(in wordSource, family ast.Family) error {
	words, err := in.Words()
	if err != nil {
		return err
	}
	list, bad := o.doubts.syntax.Sort(family, words)
	if bad != nil {
		at := lexer.Position{Line: int(bad.Start.Line), Column: int(bad.Start.Column)}
		if bad.Text == "!" {
			return participle.Errorf(at, "\"!\" negates nothing")
		}
		return participle.Errorf(at, "unexpected %q", bad.Text)
	}
	o.list, o.sorted = list, true
	return nil
}

// wordSource gives the words of a command as they are, without a look at dashes.
type wordSource interface {
	Words() ([]ast.Word, error)
}

// Words implements wordSource. It reads from the first option on.
func (l *lineLexer) Words() (out []ast.Word, err error) {
	l.at, l.pending = l.options, nil
	for {
		l.skipBlanks()
		if l.at >= len(l.text) {
			return out, nil
		}
		start := l.at
		text, quoted, err := l.word()
		if err != nil {
			return nil, err
		}
		t := l.token(tokWord, text, start)
		out = append(out, ast.Word{Text: text, Range: rangeOf(&t), Quoted: quoted})
	}
}

// argumentWords are the words of a command of a script.
type argumentWords []argument

// Words implements wordSource.
func (a argumentWords) Words() ([]ast.Word, error) {
	out := make([]ast.Word, len(a))
	for i := range a {
		out[i] = ast.Word{Text: a[i].text, Range: a[i].at, Quoted: a[i].quoted}
	}
	return out, nil
}
