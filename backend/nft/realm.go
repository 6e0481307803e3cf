package nft

import "github.com/recentc/recentc/compile"

var rtclassid = metaField("meta rtclassid", metaRtclassid, 4, true)

func (t *translator) realm(m *compile.Realm) form {
	f := maskForm(rtclassid, &m.MaskTest)
	if m.Mask == 0 || m.Value&^m.Mask != 0 { // there must be a route at least
		f = and(all(atLeast(rtclassid, 0)), f)
	}
	return f
}
