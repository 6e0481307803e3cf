package nft

import "github.com/recentc/recentc/compile"

// connmark fails for a packet without connection in any case.
func (t *translator) connmark(m *compile.ConnMark) form {
	if m.Mask == 0 || m.Value&^m.Mask != 0 {
		return and(ctExists(), maskForm(ctMarkField, &m.MaskTest))
	}
	return maskForm(ctMarkField, &m.MaskTest)
}
