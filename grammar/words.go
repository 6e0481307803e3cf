package grammar

import "strings"

// saveWord reads a word as iptables-restore does: only double quotes quote, a
// backslash acts inside them only, and a closing quote ends the word.
func (l *lineLexer) saveWord() (text string, quoted bool, err error) {
	start := l.at
	for l.at < len(l.text) && !isBlank(l.text[l.at]) && l.text[l.at] != '"' {
		l.at++
	}
	head := l.text[start:l.at]
	if l.at >= len(l.text) || l.text[l.at] != '"' {
		return head, false, nil
	}
	body, err := l.doubleQuoted(l.at)
	return head + body, true, err
}

// doubleQuoted reads from the quote at l.text[open]; a backslash keeps the next
// character as it is.
func (l *lineLexer) doubleQuoted(open int) (string, error) {
	end := strings.IndexAny(l.text[open+1:], `"\`)
	if end >= 0 && l.text[open+1+end] == '"' {
		l.at = open + end + 2
		return l.text[open+1 : open+1+end], nil
	}
	var b strings.Builder
	for i := open + 1; i < len(l.text); i++ {
		switch c := l.text[i]; {
		case c == '\\' && i+1 < len(l.text):
			i++
			b.WriteByte(l.text[i])
		case c == '"':
			l.at = i + 1
			return b.String(), nil
		default:
			b.WriteByte(c)
		}
	}
	l.at = len(l.text)
	return "", l.fail(open, errOpenQuote)
}

// shellMeta are the characters that make a shell do more than split words.
const shellMeta = "$`|&;<>()"

// shellWord reads a word as a shell does that has nothing to expand. Anything
// that would be expanded or run is refused: see errShell.
func (l *lineLexer) shellWord() (text string, quoted bool, err error) {
	var b strings.Builder
	for l.at < len(l.text) {
		c := l.text[l.at]
		switch {
		case isBlank(c):
			return b.String(), quoted, nil
		case c == '\'' || c == '"':
			quoted = true
			part, err := l.shellQuoted(c)
			if err != nil {
				return "", true, err
			}
			b.WriteString(part)
		case c == '\\':
			quoted = true
			b.WriteByte(l.text[min(l.at+1, len(l.text)-1)])
			l.at = min(l.at+2, len(l.text))
		case strings.IndexByte(shellMeta, c) >= 0:
			return "", quoted, l.shellFail()
		default:
			b.WriteByte(c)
			l.at++
		}
	}
	return b.String(), quoted, nil
}

func (l *lineLexer) shellQuoted(mark byte) (string, error) {
	open := l.at
	if mark == '"' {
		s, err := l.doubleQuoted(open)
		if err == nil && strings.ContainsAny(s, "$`") {
			l.at = open
			return "", l.shellFail()
		}
		return s, err
	}
	n := strings.IndexByte(l.text[open+1:], '\'')
	if n < 0 {
		l.at = len(l.text)
		return "", l.fail(open, errOpenQuote)
	}
	l.at = open + n + 2
	return l.text[open+1 : open+1+n], nil
}

// errShell and errOpenQuote are the messages of which ParseFile knows more to say.
const (
	errShell     = "shell syntax"
	errOpenQuote = "quote is not closed"
)

func (l *lineLexer) shellFail() error {
	start := l.at
	l.at++
	return l.fail(start, errShell)
}

// hasComment tells whether a "#" outside of quotes begins a word.
func hasComment(command string) bool {
	var quote byte
	for i := 0; i < len(command); i++ {
		switch c := command[i]; {
		case c == '\\' && quote != '\'':
			i++
		case quote == 0 && (c == '"' || c == '\''), quote != 0 && c == quote:
			quote ^= c
		case quote == 0 && c == '#' && (i == 0 || isBlank(command[i-1])):
			return true
		}
	}
	return false
}
