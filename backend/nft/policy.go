package nft

import (
	"github.com/recentc/recentc/compile"
	"github.com/recentc/recentc/internal/bytecode"
)

var (
	secpath = metaField("meta ipsec", metaSecpath, 1, false)
	rtIPsec = &field{name: "rt ipsec", from: []part{{bytecode.Expr{Name: "rt", Attrs: []bytecode.Attr{bytecode.N(2, 4)}}, 1, 1, nil, 0}}}
)

func (t *translator) policy(m *compile.Policy) form {
	left := secpath
	if m.Out {
		left = rtIPsec
	}
	return all(existence(left, m.None))
}
