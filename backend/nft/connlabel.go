package nft

import (
	"fmt"

	"github.com/recentc/recentc/compile"
)

func (t *translator) connlabel(m *compile.ConnLabel) form {
	has := test(fmt.Sprintf("ct label %d", m.Label))
	if m.Not { // holds for packets without connection, too
		return noneOf([]stmt{has})
	}
	return all(has)
}
