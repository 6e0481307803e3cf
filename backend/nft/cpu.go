package nft

import (
	"strconv"

	"github.com/recentc/recentc/compile"
)

func (t *translator) cpu(m *compile.CPU) form {
	return all(compare("meta cpu", m.Not, strconv.Itoa(int(m.Number))))
}
