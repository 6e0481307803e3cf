package ebpf

import "github.com/recentc/recentc/compile"

func (t *translator) icmp(m *compile.ICMP) tests { return icmpType(m.ICMPType) }

func icmpType(m compile.ICMPType) tests {
	ts := tests{header{bytes: 8}}
	switch {
	case m.Any:
		return append(ts, fixed(!m.Not)...)
	case m.AnyCode:
		return append(ts, equal(fieldType, uint32(m.Type), m.Not))
	case !m.Not:
		return append(ts, equal(fieldType, uint32(m.Type), false), equal(fieldCode, uint32(m.Code), false))
	}
	return append(ts, either{any: []tests{{equal(fieldType, uint32(m.Type), false), equal(fieldCode, uint32(m.Code), false)}}, not: true})
}
