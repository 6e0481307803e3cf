package nft

import (
	"github.com/recentc/recentc/compile"
	"github.com/recentc/recentc/internal/bytecode"
)

func (t *translator) tee(x *compile.Tee) end {
	return afterwards(act("dup to "+x.Gateway.String(), func(c *coder) {
		c.immediate(firstRegister, x.Gateway.AsSlice())
		c.expr("dup", bytecode.N(1, firstRegister))
	}))
}
