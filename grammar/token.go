package grammar

import (
	"strings"

	"github.com/alecthomas/participle/v2/lexer"
)

// The kinds of token. What a word means depends on where it stands: "*" and ":"
// are marks at the start of a line only, and a counter "[1:2]" only at the start
// of a rule or in a chain line.
const (
	tokEOF lexer.TokenType = lexer.EOF
	_      lexer.TokenType = -iota - 1
	tokStar
	tokColon
	tokCounter
	tokCommit
	tokBang
	tokFlag
	tokWord
	tokQuoted
	// tokRest is a rule's text from its first option on. The options are nearly
	// all of a file, so they are cut into words once, where they are parsed.
	tokRest
)

// Short options of iptables itself, as getopt knows them: those that take a
// value may have it glued on ("-ptcp"), the others may be bundled ("-nv").
const (
	shortWithValue = "ADRILSFZNEXPCpsdijogmtcwWM"
	shortAlone     = "nvxfh46V"
)

// classify tells what an unquoted word is.
func classify(w string) lexer.TokenType {
	switch {
	case w == "!":
		return tokBang
	case len(w) < 2 || w[0] != '-' || w == "--":
		return tokWord
	case w[1] >= '0' && w[1] <= '9' && w != "-4" && w != "-6":
		return tokWord // a negative number
	}
	return tokFlag
}

// hasValue tells "--option=value": an option even where blanks are in the value, as
// in --log-prefix="ssh: ". A name with other signs than options have is none: it could
// not be printed so that it is read back.
func hasValue(w string) bool {
	name, _, ok := strings.Cut(w, "=")
	return ok && len(name) > 2 && strings.HasPrefix(name, "--") && !strings.ContainsFunc(name, notInName)
}

// notInName tells what no name of an option has.
func notInName(r rune) bool {
	return r != '-' && r != '_' && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
}

// isCounter tells whether w is "[packets:bytes]".
func isCounter(w string) bool {
	if len(w) < 5 || w[0] != '[' || w[len(w)-1] != ']' {
		return false
	}
	packets, bytes, ok := strings.Cut(w[1:len(w)-1], ":")
	return ok && isDigits(packets) && isDigits(bytes)
}

func isDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}
