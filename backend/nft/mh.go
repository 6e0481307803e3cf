package nft

import "github.com/recentc/recentc/compile"

func (t *translator) mh(m *compile.MH) form {
	if m.Type != nil && (m.Type.Low > 0 || m.Type.High < 255 || m.Type.Not) {
		return spanForm("mh type", m.Type)
	}
	return existing(always(), "mh")
}
