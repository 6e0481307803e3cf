package nft

import (
	"github.com/recentc/recentc/compile"
)

var cgroupField = metaField("meta cgroup", metaCgroup, 4, true)

func (t *translator) cgroup(m *compile.CGroup) form {
	return all(compare(cgroupField, m.Not, numberValue(uint64(m.Class))))
}
