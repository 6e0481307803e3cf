package nft

import "github.com/recentc/recentc/compile"

// socket asks for "transparent" where any socket will do: unlike "wildcard",
// that also knows the sockets of connections that are about to end. A test of
// these for the wildcard address fails, so that is written as "not bound to it".
func (t *translator) socket(m *compile.Socket) form {
	f := all(test("socket transparent <= 1"))
	if m.Transparent {
		f = all(test("socket transparent 1"))
	}
	if !m.Wildcard {
		f.unless = [][]stmt{{test("socket wildcard 1")}}
	}
	if m.RestoreMark {
		f.do = []stmt{act("meta mark set socket mark")}
	}
	return f
}
