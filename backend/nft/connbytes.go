package nft

import (
	"fmt"
	"math"

	"github.com/recentc/recentc/compile"
)

// connbytes makes the kernel count, as the match does. (Of a connection that is
// older than the rule nftables takes 0 for the count; the match fails.)
func (t *translator) connbytes(m *compile.ConnBytes) form {
	left := "ct "
	if !m.Both {
		left += direction(m.Reply) + " "
	}
	left += [...]string{"packets", "bytes", "avgpkt"}[m.Count]
	switch {
	case m.Low == 0 && m.High == math.MaxUint64:
		return and(ctExists(), fixed(!m.Not))
	case m.High == math.MaxUint64 && m.Not:
		return all(test(fmt.Sprintf("%s < %d", left, m.Low)))
	case m.High == math.MaxUint64:
		return all(test(fmt.Sprintf("%s >= %d", left, m.Low)))
	case m.Low == m.High:
		return all(compare(left, m.Not, fmt.Sprint(m.Low)))
	}
	return all(compare(left, m.Not, fmt.Sprintf("%d-%d", m.Low, m.High)))
}
