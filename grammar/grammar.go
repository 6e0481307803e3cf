package grammar

import (
	"strconv"
	"strings"

	"github.com/alecthomas/participle/v2"
	"github.com/alecthomas/participle/v2/lexer"
	"github.com/recentc/recentc/ast"
)

// line is the grammar: one line of a rule file is one of these four, the most
// frequent first. Lines are parsed one by one, so that every bad line is
// reported and not only the first.
type line struct {
	Rule   *ruleLine  `parser:"  @@"`
	Table  *word      `parser:"| Star @@"`
	Chain  *chainLine `parser:"| Colon @@"`
	Commit bool       `parser:"| @Commit"`
}

// chainLine is a chain: its name, its policy and its counter. iptables-nft-restore
// takes a chain of one's own without a policy, so that is no error of the grammar.
type chainLine struct {
	Name    word     `parser:"@@"`
	Policy  *word    `parser:"( @@"`
	Counter *counter `parser:"  @@? | @@ )"`
}

// ruleLine is a rule: its counter, and its options, which are nearly all of a
// file and so are parsed by hand.
type ruleLine struct {
	Counter counter
	Options options
}

// Parse implements participle.Parseable.
func (r *ruleLine) Parse(lex *lexer.PeekingLexer) error {
	if t := lex.Peek().Type; t != tokCounter && t != tokRest {
		return participle.NextMatch
	}
	if err := r.Counter.Parse(lex); err != nil && err != participle.NextMatch {
		return err
	}
	return r.Options.Parse(lex)
}

var parser = participle.MustBuild[line](participle.Lexer(definition{}))

// parseLine runs the grammar over one line's tokens. All that the grammar says of
// a line that begins with an option is that its options begin there, so such a
// line, which is nearly every one, needs no tokens for it.
//
// The options are put into the place of those in scratch.
func parseLine(l *lineLexer, scratch *ruleLine) (line, error) {
	scratch.Counter = counter{}
	if start, ok := l.bareRule(); ok {
		scratch.Options.start = start
		return line{Rule: scratch}, scratch.Options.parse(l)
	}
	tokens, err := lexer.Upgrade(l)
	if err != nil {
		return line{}, err
	}
	n, err := parser.ParseFromLexer(tokens)
	if err != nil || n.Rule == nil {
		return line{Table: n.Table, Chain: n.Chain, Commit: n.Commit}, err
	}
	scratch.Counter, scratch.Options.start = n.Rule.Counter, n.Rule.Options.start
	return line{Rule: scratch}, scratch.Options.parse(l)
}

// word reads one word, quoted or not.
type word struct{ ast.Word }

// Parse implements participle.Parseable.
func (w *word) Parse(lex *lexer.PeekingLexer) error {
	t := lex.Peek()
	if t.Type != tokWord && t.Type != tokQuoted {
		return participle.NextMatch
	}
	w.Word = wordOf(lex.Next())
	return nil
}

func wordOf(t *lexer.Token) ast.Word {
	return ast.Word{Text: t.Value, Range: rangeOf(t), Quoted: t.Type == tokQuoted}
}

// rangeOf gives a token's range: lineLexer.pos keeps the end in Offset.
func rangeOf(t *lexer.Token) ast.Range {
	at := uint32(t.Pos.Line)
	return ast.Range{
		Start: ast.Pos{Line: at, Column: uint32(t.Pos.Column)},
		End:   ast.Pos{Line: at, Column: uint32(t.Pos.Offset)},
	}
}

// counter reads "[packets:bytes]".
type counter struct{ ast.Counters }

// Parse implements participle.Parseable.
func (c *counter) Parse(lex *lexer.PeekingLexer) error {
	if lex.Peek().Type != tokCounter {
		return participle.NextMatch
	}
	t := lex.Next()
	packets, bytes, _ := strings.Cut(strings.Trim(t.Value, "[]"), ":")
	var err1, err2 error
	c.Packets, err1 = strconv.ParseUint(packets, 10, 64)
	c.Bytes, err2 = strconv.ParseUint(bytes, 10, 64)
	c.Set = true
	if err1 != nil || err2 != nil {
		return participle.Errorf(t.Pos, "counter is larger than 64 bits")
	}
	return nil
}

// options are the rest of a line: options with the words behind them.
type options struct {
	start int // the column of the first, from 1
	list  []ast.Option
	// words holds all options' values; each option has a piece of it.
	words []ast.Word

	*doubts
	doubtful bool // only Syntax can tell what the options are
	sorted   bool // Syntax has told it
}

// Parse implements participle.Parseable. It takes the text; parse cuts it up.
func (o *options) Parse(lex *lexer.PeekingLexer) error {
	if lex.Peek().Type != tokRest {
		return participle.NextMatch
	}
	o.start = lex.Next().Pos.Column
	return nil
}

// parse reads the options from the line that l has been lexing.
func (o *options) parse(l *lineLexer) error {
	l.words, l.started, l.at = true, true, o.start-1-l.column
	l.options = l.at
	return o.from(l, l, l.family)
}

// from takes the options by the look of the words, or asks Syntax where that is not
// enough.
func (o *options) from(in tokens, words wordSource, family ast.Family) error {
	o.list, o.words, o.doubtful, o.sorted = o.list[:0], o.words[:0], false, false
	err := o.collect(in)
	if !o.doubtful {
		return err
	}
	return o.sort(words, family)
}

// plain takes the words in front of the next that needs a token.
func (o *options) plain(l *lineLexer) {
	for {
		w, kind := l.plain()
		switch {
		case kind == tokFlag && !o.takes() && !shortened[w.Text]:
			o.list = append(o.list, ast.Option{Name: w.Text, Range: w.Range})
		case kind == tokWord && len(o.list) > 0 && w.Text != "--":
			o.add(w)
		default:
			return
		}
		l.at += len(w.Text)
	}
}

// tokens are the words of one command, one after the other.
type tokens interface {
	Next() (lexer.Token, error)
}

// collect sorts a command's words into options and their values.
func (o *options) collect(in tokens) error {
	line, _ := in.(*lineLexer)
	for {
		if line != nil {
			o.plain(line)
		}
		t, err := in.Next()
		if err != nil {
			return err
		}
		if o.doubtful = o.doubt(&t); o.doubtful {
			return nil
		}
		switch t.Type {
		case tokEOF:
			return nil
		case tokFlag:
			o.list = append(o.list, ast.Option{Name: t.Value, Range: rangeOf(&t)})
		case tokBang:
			err = o.negation(in, &t)
		default:
			err = o.value(&t)
		}
		if err != nil {
			return err
		}
	}
}

// negation reads what follows a "!": the option that it negates or, in the old
// place, the value of the option in front of it.
func (o *options) negation(in tokens, bang *lexer.Token) error {
	next, err := in.Next()
	switch {
	case err != nil:
		return err
	case next.Type == tokFlag:
		r := ast.Span(rangeOf(bang), rangeOf(&next))
		o.list = append(o.list, ast.Option{Name: next.Value, Not: true, Range: r})
		return nil
	case next.Type == tokBang || next.Type == tokEOF || len(o.list) == 0:
		return participle.Errorf(bang.Pos, "\"!\" negates nothing")
	}
	last := &o.list[len(o.list)-1]
	if last.Not || len(last.Values) > 0 {
		return participle.Errorf(bang.Pos, "\"!\" negates nothing")
	}
	last.Not, last.NotLate = true, true
	return o.value(&next)
}

// value adds a word to the last option. The words of all options lie behind each
// other in one slice.
func (o *options) value(t *lexer.Token) error {
	if len(o.list) == 0 {
		return participle.Errorf(t.Pos, "unexpected %q", t.Value)
	}
	o.add(wordOf(t))
	return nil
}

func (o *options) add(w ast.Word) {
	last := &o.list[len(o.list)-1]
	o.words = append(o.words, w)
	n := len(last.Values) + 1
	last.Values = o.words[len(o.words)-n : len(o.words) : len(o.words)]
	last.Range = ast.Span(last.Range, w.Range)
}
