package nft

import (
	"fmt"

	"github.com/recentc/recentc/compile"
)

// limit is the same token bucket in both: full at first, a token for each packet.
func (t *translator) limit(m *compile.Limit) form {
	text := fmt.Sprintf("limit rate %d/%s burst %d packets", m.Rate.Count, m.Rate.Per, m.Burst)
	return t.all(stmt{class: meter, text: text})
}
