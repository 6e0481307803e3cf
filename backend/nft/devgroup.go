package nft

import "github.com/recentc/recentc/compile"

var (
	iifgroup = metaField("meta iifgroup", metaIifgroup, 4, true)
	oifgroup = metaField("meta oifgroup", metaOifgroup, 4, true)
)

func (t *translator) devgroup(m *compile.DevGroup) form {
	f := always()
	if m.In != nil {
		f = and(f, maskForm(iifgroup, m.In))
	}
	if m.Out != nil {
		f = and(f, maskForm(oifgroup, m.Out))
	}
	return f
}
