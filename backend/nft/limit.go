package nft

import (
	"fmt"

	"github.com/recentc/recentc/compile"
	"github.com/recentc/recentc/internal/bytecode"
)

// limit is the same token bucket in both: full at first, a token for each packet.
func (t *translator) limit(m *compile.Limit) form {
	text := fmt.Sprintf("limit rate %d/%s burst %d packets", m.Rate.Count, m.Rate.Per, m.Burst)
	return t.all(stmt{class: meter, right: value{text: text}, code: limitCode(uint64(m.Rate.Count), unitSeconds(m.Rate.Per.String()), m.Burst, false)})
}

// limitCode is a token bucket: so many packets in so many seconds, and above that burst.
func limitCode(count, seconds uint64, burst uint32, over bool) func(*coder) {
	flags := uint32(0)
	if over {
		flags = 1
	}
	return expression("limit", bytecode.N64(1, count), bytecode.N64(2, seconds), bytecode.N(3, burst), bytecode.N(4, 0), bytecode.N(5, flags))
}

// unitSeconds is a unit of time in seconds.
func unitSeconds(unit string) uint64 {
	return map[string]uint64{"second": 1, "minute": 60, "hour": 3600, "day": 86400, "week": 604800}[unit]
}
