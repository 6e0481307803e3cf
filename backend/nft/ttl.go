package nft

import (
	"github.com/recentc/recentc/compile"
	"github.com/recentc/recentc/internal/bytecode"
)

func (t *translator) ttl(m *compile.TTL) form {
	left := t.ttlField()
	switch {
	case m.Empty():
		return fixed(m.Not)
	case m.Single():
		return all(compare(left, m.Not, numberValue(uint64(m.Low))))
	case m.Low == 0:
		return all(below(left, uint64(m.High)+1))
	}
	return all(ordered(left, " > ", bytecode.Gt, " <= ", bytecode.Le, uint64(m.Low)-1))
}

var ttlFields = map[bool]*field{
	false: headerField("ip ttl", bytecode.NetworkHeader, 8, 1, 0), true: headerField("ip6 hoplimit", bytecode.NetworkHeader, 7, 1, 0),
}

func (t *translator) ttlField() *field { return ttlFields[t.ipv6()] }
