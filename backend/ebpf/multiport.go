package ebpf

import "github.com/recentc/recentc/compile"

func (t *translator) multiport(m *compile.Multiport) tests {
	source := span{field: fieldSport, spans: m.Ports, not: m.Not}
	dest := span{field: fieldDport, spans: m.Ports, not: m.Not}
	head := header{bytes: 4}
	switch {
	case m.Side == compile.SourcePort:
		return tests{head, source}
	case m.Side == compile.DestPort:
		return tests{head, dest}
	case m.Not:
		return tests{head, source, dest}
	}
	return tests{head, either{any: []tests{{source}, {dest}}}}
}
