package nft

import (
	"github.com/recentc/recentc/compile"
)

var cpuField = metaField("meta cpu", metaCPU, 4, true)

func (t *translator) cpu(m *compile.CPU) form {
	return all(compare(cpuField, m.Not, numberValue(uint64(m.Number))))
}
