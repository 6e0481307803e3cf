package nft

import "github.com/recentc/recentc/compile"

func (t *translator) tee(x *compile.Tee) end {
	return afterwards(act("dup to " + x.Gateway.String()))
}
