package ebpf

import "github.com/recentc/recentc/compile"

func (t *translator) dscp(m *compile.DSCP) tests {
	return tests{compare{fieldTOS, 0xfc, uint32(m.Value) << 2, m.Not}}
}
