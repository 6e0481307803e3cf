package nft

import "github.com/recentc/recentc/compile"

const protoMH = 135

func (t *translator) mh(m *compile.MH) form {
	f := always()
	if m.Type != nil && (m.Type.Low > 0 || m.Type.High < 255 || m.Type.Not) {
		f = spanForm(extensionField("mh", "type", 16, 8), m.Type)
	}
	f = existing(f, "mh")
	for4(protoMH, f.alts[0]...)
	return f
}
