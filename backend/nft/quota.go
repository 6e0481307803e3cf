package nft

import (
	"fmt"
	"math"

	"github.com/recentc/recentc/compile"
	"github.com/recentc/recentc/internal/bytecode"
)

// quota is the same in both: once a packet does not fit, none does any more.
func (t *translator) quota(m *compile.Quota) form {
	switch {
	case m.Bytes == 0:
		return fixed(m.Not)
	case m.Bytes > math.MaxInt64: // more than nftables, or any link, can count
		return fixed(!m.Not)
	}
	over := map[bool]string{false: "", true: "over "}[m.Not]
	return all(stmt{class: meter, right: value{text: fmt.Sprintf("quota %s%d bytes", over, m.Bytes)}, code: quotaCode(m)})
}

func quotaCode(m *compile.Quota) func(*coder) {
	flags := uint32(0)
	if m.Not {
		flags = 1
	}
	return expression("quota", bytecode.N64(1, m.Bytes), bytecode.N(2, flags))
}
