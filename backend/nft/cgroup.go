package nft

import (
	"strconv"

	"github.com/recentc/recentc/compile"
)

func (t *translator) cgroup(m *compile.CGroup) form {
	return all(compare("meta cgroup", m.Not, strconv.Itoa(int(m.Class))))
}
