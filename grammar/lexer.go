package grammar

import (
	"io"
	"strings"

	"github.com/alecthomas/participle/v2/lexer"
	"github.com/recentc/recentc/ast"
)

// definition is the hand-written lexer as participle wants to see it. It is
// used for the names of the tokens; parsing goes through lineLexer directly,
// because a regular-expression lexer costs ten times the whole parse.
type definition struct{}

func (definition) Symbols() map[string]lexer.TokenType {
	return map[string]lexer.TokenType{
		"EOF": tokEOF, "Star": tokStar, "Colon": tokColon, "Counter": tokCounter, "Commit": tokCommit,
		"Bang": tokBang, "Flag": tokFlag, "Word": tokWord, "Quoted": tokQuoted, "Rest": tokRest,
	}
}

func (definition) Lex(name string, r io.Reader) (lexer.Lexer, error) {
	text, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	return &lineLexer{file: name, text: string(text), line: 1}, nil
}

// lineLexer cuts one line into tokens. In a command line the words follow the
// shell's quoting, in a save file iptables-restore's.
type lineLexer struct {
	file   string
	text   string
	line   int
	column int // of text[0], from 0
	style  ast.Style

	at      int
	started bool
	chain   bool // in a chain line
	table   bool // in a table line
	words   bool // cut a rule's options into words instead of giving them as Rest
	pending []lexer.Token

	options int // where the options begin in text
	family  ast.Family
}

// Next returns the next token, or an EOF token at the end of the line.
func (l *lineLexer) Next() (lexer.Token, error) {
	if len(l.pending) > 0 {
		t := l.pending[0]
		l.pending = l.pending[1:]
		return t, nil
	}
	l.skipBlanks()
	if l.at >= len(l.text) {
		return l.token(tokEOF, "", l.at), nil
	}
	first := !l.started
	l.started = true
	if t, ok := l.mark(first); ok {
		return t, nil
	}
	if l.isRest(first) {
		start := l.at
		l.at = len(l.text)
		return l.token(tokRest, l.text[start:], start), nil
	}
	start := l.at
	if t, ok := l.counter(first); ok {
		return t, nil
	}
	text, quoted, err := l.word()
	if err != nil {
		return lexer.Token{}, err
	}
	return l.wordToken(start, text, quoted, first), nil
}

// plain looks at the next word, if it is one that stands for itself: in a save file,
// without quotes, and no option that has to be taken apart. Nearly all are, and need
// no token. The kind is tokEOF for any other.
func (l *lineLexer) plain() (w ast.Word, kind lexer.TokenType) {
	if l.style != ast.Save || len(l.pending) > 0 {
		return w, tokEOF
	}
	l.skipBlanks()
	end := l.at
	for end < len(l.text) && !isBlank(l.text[end]) {
		if c := l.text[end]; c == '"' || c == '=' {
			return w, tokEOF
		}
		end++
	}
	w.Text = l.text[l.at:end]
	kind = classify(w.Text)
	if end == l.at || kind == tokFlag && len(w.Text) > 2 && w.Text[1] != '-' {
		return w, tokEOF
	}
	line := uint32(l.line)
	w.Range = ast.Range{Start: ast.Pos{Line: line, Column: uint32(l.column + l.at + 1)}, End: ast.Pos{Line: line, Column: uint32(l.column + end + 1)}}
	return w, kind
}

// bareRule tells whether the line is a rule without a counter in front, and where
// its options start, counted like Column.
func (l *lineLexer) bareRule() (start int, ok bool) {
	l.skipBlanks()
	if l.at >= len(l.text) || l.text[l.at] != '-' {
		return 0, false
	}
	return l.column + l.at + 1, true
}

// isRest tells whether a rule's options begin here.
func (l *lineLexer) isRest(first bool) bool {
	if l.words || l.chain || l.table {
		return false
	}
	return !first || l.text[l.at] != '[' && l.text[l.at:] != "COMMIT" && !strings.HasPrefix(l.text[l.at:], "COMMIT ")
}

func (l *lineLexer) skipBlanks() {
	for l.at < len(l.text) && isBlank(l.text[l.at]) {
		l.at++
	}
	if l.style == ast.Commands && l.at < len(l.text) && l.text[l.at] == '#' {
		l.at = len(l.text)
	}
}

func isBlank(c byte) bool { return c == ' ' || c == '\t' || c == '\r' || c == '\n' }

// mark recognises the two signs that open a line of a save file.
func (l *lineLexer) mark(first bool) (lexer.Token, bool) {
	if !first || l.style != ast.Save || l.at != 0 {
		return lexer.Token{}, false
	}
	switch l.text[0] {
	case '*':
		l.at++
		l.table = true
		return l.token(tokStar, "*", 0), true
	case ':':
		l.at++
		l.chain = true
		return l.token(tokColon, ":", 0), true
	}
	return lexer.Token{}, false
}

// counter reads the counter in front of a rule, which ends at its bracket: the rule may
// follow without a blank.
func (l *lineLexer) counter(first bool) (lexer.Token, bool) {
	end := strings.IndexByte(l.text[l.at:], ']')
	if !first || l.words || l.style != ast.Save || end < 0 || !isCounter(l.text[l.at:l.at+end+1]) {
		return lexer.Token{}, false
	}
	start := l.at
	l.at += end + 1
	return l.token(tokCounter, l.text[start:l.at], start), true
}

func (l *lineLexer) word() (text string, quoted bool, err error) {
	if l.style == ast.Commands {
		return l.shellWord()
	}
	return l.saveWord()
}

func (l *lineLexer) wordToken(start int, text string, quoted, first bool) lexer.Token {
	switch {
	case quoted && (l.text[start] != '-' || !hasValue(text)):
		return l.token(tokQuoted, text, start)
	case (first || l.chain) && isCounter(text):
		return l.token(tokCounter, text, start)
	case l.chain || l.table:
		return l.token(tokWord, text, start)
	case first && !l.words && text == "COMMIT" && l.style == ast.Save:
		return l.token(tokCommit, text, start)
	}
	kind := classify(text)
	if kind == tokFlag {
		return l.flag(start, text)
	}
	return l.token(kind, text, start)
}

// flag takes apart what getopt takes apart: "--opt=value", "-ovalue", "-ab".
func (l *lineLexer) flag(start int, text string) lexer.Token {
	if strings.HasPrefix(text, "--") {
		name, value, ok := strings.Cut(text, "=")
		if name == "--" {
			return l.token(tokFlag, text, start) // no option has no name: the word stays whole
		}
		if ok {
			l.pending = append(l.pending, glued(l.token(tokQuoted, value, start+len(name)+1)))
		}
		return l.token(tokFlag, name, start)
	}
	if len(text) == 2 {
		return l.token(tokFlag, text, start)
	}
	return l.bundle(start, text)
}

func (l *lineLexer) bundle(start int, text string) lexer.Token {
	var out []lexer.Token
	for i := 1; i < len(text); i++ {
		switch {
		case strings.IndexByte(shortWithValue, text[i]) >= 0:
			out = append(out, l.token(tokFlag, "-"+text[i:i+1], start+i-1))
			if i+1 < len(text) {
				out = append(out, glued(l.token(tokQuoted, text[i+1:], start+i+1)))
			}
			i = len(text)
		case strings.IndexByte(shortAlone, text[i]) >= 0:
			out = append(out, l.token(tokFlag, "-"+text[i:i+1], start+i-1))
		default:
			return l.token(tokFlag, text, start)
		}
	}
	l.pending = append(l.pending, out[1:]...)
	return out[0]
}

// glued marks a value that stands in one word with its option.
func glued(t lexer.Token) lexer.Token {
	t.Pos.Filename = gluedMark
	return t
}

// token makes a token that starts at byte start of the line. Its end is not a
// part of a participle token: the parser takes it from lineLexer.at.
func (l *lineLexer) token(kind lexer.TokenType, value string, start int) lexer.Token {
	return lexer.Token{Type: kind, Value: value, Pos: l.pos(start)}
}

// pos gives the place of byte i. Offset carries the end of what has been read,
// counted like Column: the token's End, which participle has no field for.
func (l *lineLexer) pos(i int) lexer.Position {
	return lexer.Position{Filename: l.file, Offset: l.column + l.at + 1, Line: l.line, Column: l.column + i + 1}
}

func (l *lineLexer) fail(start int, message string) error {
	return &lexError{pos: l.pos(start), message: message}
}

// lexError is a token that cannot be read, apart from a line that cannot be
// understood. It implements participle.Error.
type lexError struct {
	pos     lexer.Position
	message string
}

func (e *lexError) Error() string            { return e.message }
func (e *lexError) Message() string          { return e.message }
func (e *lexError) Position() lexer.Position { return e.pos }
