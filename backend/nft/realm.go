package nft

import "github.com/recentc/recentc/compile"

func (t *translator) realm(m *compile.Realm) form {
	f := maskForm("meta rtclassid", &m.MaskTest)
	if m.Mask == 0 { // there must be a route at least
		f = and(all(test("meta rtclassid >= 0")), f)
	}
	return f
}
