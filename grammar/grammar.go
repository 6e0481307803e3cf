package grammar

import (
	"strconv"
	"strings"

	"github.com/alecthomas/participle/v2"
	"github.com/alecthomas/participle/v2/lexer"
	"github.com/recentc/recentc/ast"
)

// line is the grammar: one line of a rule file is one of these four. Lines are
// parsed one by one, so that every bad line is reported and not only the first.
type line struct {
	Table  *word      `parser:"  Star @@"`
	Chain  *chainLine `parser:"| Colon @@"`
	Commit bool       `parser:"| @Commit"`
	Rule   *ruleLine  `parser:"| @@"`
}

type chainLine struct {
	Name    word     `parser:"@@"`
	Policy  word     `parser:"@@"`
	Counter *counter `parser:"@@?"`
}

type ruleLine struct {
	Counter *counter `parser:"@@?"`
	Options options  `parser:"@@"`
}

var parser = participle.MustBuild[line](participle.Lexer(definition{}))

// parseLine runs the grammar over one line's tokens.
func parseLine(l *lineLexer) (*line, error) {
	tokens, err := lexer.Upgrade(l)
	if err != nil {
		return nil, err
	}
	return parser.ParseFromLexer(tokens)
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

// options reads the rest of a line as options with the words behind them. It is
// written by hand because it is nearly all of a file and of the time.
type options struct{ list []ast.Option }

// Parse implements participle.Parseable.
func (o *options) Parse(lex *lexer.PeekingLexer) error {
	if lex.Peek().Type == tokEOF {
		return participle.NextMatch
	}
	o.list = make([]ast.Option, 0, 8)
	for {
		t := lex.Peek()
		switch t.Type {
		case tokEOF:
			return nil
		case tokFlag, tokBang:
			if err := o.option(lex); err != nil {
				return err
			}
		default:
			if len(o.list) == 0 {
				return participle.Errorf(t.Pos, "unexpected %q", t.Value)
			}
			o.value(wordOf(lex.Next()))
		}
	}
}

// option reads a flag with the "!" before it. A "!" in front of a word is the
// old place: behind the option that it negates.
func (o *options) option(lex *lexer.PeekingLexer) error {
	t := lex.Next()
	if t.Type == tokFlag {
		o.list = append(o.list, ast.Option{Name: t.Value, Range: rangeOf(t)})
		return nil
	}
	next := lex.Peek()
	switch {
	case next.Type == tokFlag:
		r := ast.Span(rangeOf(t), rangeOf(next))
		o.list = append(o.list, ast.Option{Name: next.Value, Not: true, Range: r})
		lex.Next()
	case next.Type == tokBang || next.Type == tokEOF || len(o.list) == 0:
		return participle.Errorf(t.Pos, "\"!\" negates nothing")
	default:
		last := &o.list[len(o.list)-1]
		if last.Not || len(last.Values) > 0 {
			return participle.Errorf(t.Pos, "\"!\" negates nothing")
		}
		last.Not, last.NotLate = true, true
	}
	return nil
}

func (o *options) value(w ast.Word) {
	last := &o.list[len(o.list)-1]
	last.Values = append(last.Values, w)
	last.Range = ast.Span(last.Range, w.Range)
}
