package nft

import (
	"fmt"

	"github.com/recentc/recentc/compile"
)

func (t *translator) classify(c *compile.Classify) end {
	class := fmt.Sprintf("%x:%x", c.Major, c.Minor)
	switch {
	case c.Major == 0 && c.Minor == 0:
		class = "none"
	case c.Major == 0xffff && c.Minor == 0xffff:
		class = "root"
	}
	return afterwards(act("meta priority set "+class, func(co *coder) {
		co.setMeta(metaPriority, hostBytes(uint64(c.Major)<<16|uint64(c.Minor), 4))
	}))
}
