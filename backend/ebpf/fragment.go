package ebpf

import "github.com/recentc/recentc/compile"

func (t *translator) fragment(m *compile.Fragment) tests {
	return tests{equal(fieldFragment, 0, !m.Not)}
}
