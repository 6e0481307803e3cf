package ebpf

import (
	"slices"

	"github.com/recentc/recentc/compile"
)

func (t *translator) tcp(m *compile.TCP) tests {
	if m.Option != nil {
		t.unsupported("--tcp-option", "The options of a TCP header have no fixed place, and this backend does not search them.")
		return nil
	}
	ts := slices.Concat(tests{header{20, true}}, ports(m.Source, m.Dest))
	if m.Flags != nil {
		ts = append(ts, compare{fieldFlags, uint32(m.Flags.Mask), uint32(m.Flags.Set), m.Flags.Not})
	}
	return ts
}

// ports tests ports that are asked for.
func ports(source, dest *compile.Ports) (ts tests) {
	if source != nil {
		ts = append(ts, span{field: fieldSport, spans: []compile.Span{source.Span}, not: source.Not})
	}
	if dest != nil {
		ts = append(ts, span{field: fieldDport, spans: []compile.Span{dest.Span}, not: dest.Not})
	}
	return ts
}
