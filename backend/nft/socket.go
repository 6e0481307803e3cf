package nft

import (
	"github.com/recentc/recentc/compile"
	"github.com/recentc/recentc/internal/bytecode"
)

// socket asks for "transparent" where any socket will do: unlike "wildcard",
// that also knows the sockets of connections that are about to end. A test of
// these for the wildcard address fails, so that is written as "not bound to it".
func (t *translator) socket(m *compile.Socket) form {
	f := all(ordered(transparent, " <= ", bytecode.Le, " > ", bytecode.Gt, 1))
	if m.Transparent {
		f = all(compare(transparent, false, numberValue(1)))
	}
	if !m.Wildcard {
		f.unless = [][]stmt{{compare(wildcard, false, numberValue(1))}}
	}
	if m.RestoreMark {
		f.do = []stmt{act("meta mark set socket mark", func(c *coder) {
			c.load(socketField("socket mark", 1, 4))
			c.set4(metaMarkField)
		})}
	}
	return f
}

var (
	transparent = socketField("socket transparent", 0, 1)
	wildcard    = socketField("socket wildcard", 2, 1)
)

func socketField(name string, key uint32, size int) *field {
	return &field{name: name, from: []part{{bytecode.Expr{Name: "socket", Attrs: []bytecode.Attr{bytecode.N(1, key)}}, 2, size, nil, 0}}}
}
