package ebpf

import (
	"slices"

	"github.com/recentc/recentc/compile"
)

func (t *translator) udp(m *compile.UDP) tests {
	return slices.Concat(tests{header{bytes: 8}}, ports(m.Source, m.Dest))
}
