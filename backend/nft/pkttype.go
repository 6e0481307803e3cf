package nft

import "github.com/recentc/recentc/compile"

var pkttypeField = metaField("meta pkttype", metaPkttype, 1, false)

func (t *translator) pkttype(m *compile.PktType) form {
	name := [...]string{"host", "broadcast", "multicast", "other"}[m.Type]
	return all(compare(pkttypeField, m.Not, named(name, uint64(m.Type))))
}
