package nft

import (
	"fmt"

	"github.com/recentc/recentc/compile"
)

// connlabel sets a label beside those that the connection has. A packet without a
// connection has no label then either, and matches the negation.
func (t *translator) connlabel(m *compile.ConnLabel) form {
	f, has := always(), test(fmt.Sprintf("ct label %d", m.Label))
	if m.Set {
		f = all(act(fmt.Sprintf("ct label set %d", m.Label)))
	}
	if m.Not {
		f.unless = [][]stmt{{has}}
		return f
	}
	return and(f, all(has))
}
