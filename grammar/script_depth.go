package grammar

import (
	"fmt"
	"io"
	"runtime"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// The library's parser and walker recurse, and nothing can catch a stack that is too
// deep. Here both are bounded: the parser by the text that it is given, the walker by
// what it is told to walk into.

// deepError tells that a script is nested too deep, at a byte.
type deepError struct{ offset int }

func (e *deepError) Error() string { return fmt.Sprintf("nested too deep at byte %d", e.offset) }

// shallowReader gives a script to the parser. The parser asks for a kilobyte at a time,
// from within all the functions that it is in: where these are too many, there is no more.
type shallowReader struct {
	*strings.Reader
	text string
}

// Read implements io.Reader.
func (r *shallowReader) Read(p []byte) (int, error) {
	var at [1]uintptr
	if runtime.Callers(maxFrames, at[:]) > 0 {
		return 0, &deepError{len(r.text) - r.Len()}
	}
	return r.Reader.Read(p)
}

// parseShallow parses text, and refuses it where it is nested too deep.
func parseShallow(p *syntax.Parser, text string) (*syntax.File, error) {
	return p.Parse(io.Reader(&shallowReader{strings.NewReader(text), text}), "")
}

// tooDeep finds what is nested too deep in a parsed script: the parser makes a list such
// as "a && b && c" without recursion, and what is parsed is a tree all the same.
func tooDeep(prog *syntax.File) (deep *deepError) {
	depth := 0
	syntax.Walk(prog, func(n syntax.Node) bool {
		if n == nil {
			depth--
			return true
		}
		if depth == maxNodes && deep == nil {
			deep = &deepError{int(n.Pos().Offset())}
		}
		if deep == nil {
			depth++
		}
		return deep == nil
	})
	return deep
}
