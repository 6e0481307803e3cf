package ebpf

import "github.com/recentc/recentc/compile"

func (t *translator) tos(m *compile.TOS) tests {
	return tests{compare{fieldTOS, uint32(m.Mask), uint32(m.Value), m.Not}}
}
