package model

import (
	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/compile"
)

// maskOf is a list's mask as the kernel keeps it: sixteen bytes of no family. An IPv6 address in a
// list whose first rule is of iptables is masked with an IPv4 mask and what stands behind it: ones
// where iptables was left to its default, and zeros behind a --mask that was written, even if that
// is 255.255.255.255. Then all of a /32 of IPv6 is one address.
func maskOf(p *compile.Program, l *compile.List) (mask [16]byte) {
	if p.Family == ast.IPv4 && !l.MaskWritten {
		for i := range mask {
			mask[i] = 255
		}
	}
	copy(mask[:], l.Mask.AsSlice())
	return mask
}
