package ebpf

import (
	"slices"

	"github.com/recentc/recentc/compile"
)

func (t *translator) sctp(m *compile.SCTP) tests {
	return slices.Concat(tests{header{bytes: 12}}, ports(m.Source, m.Dest))
}
