package nft

import (
	"fmt"

	"github.com/recentc/recentc/compile"
)

func (t *translator) dscp(m *compile.DSCP) form {
	return all(compare(t.ip()+" dscp", m.Not, fmt.Sprintf("0x%02x", m.Value)))
}
