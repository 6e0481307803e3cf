package nft

import "github.com/recentc/recentc/compile"

func (t *translator) pkttype(m *compile.PktType) form {
	name := [...]string{"host", "broadcast", "multicast", "other"}[m.Type]
	return all(compare("meta pkttype", m.Not, name))
}
