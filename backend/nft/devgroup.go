package nft

import "github.com/recentc/recentc/compile"

func (t *translator) devgroup(m *compile.DevGroup) form {
	f := always()
	if m.In != nil {
		f = and(f, maskForm("meta iifgroup", m.In))
	}
	if m.Out != nil {
		f = and(f, maskForm("meta oifgroup", m.Out))
	}
	return f
}
