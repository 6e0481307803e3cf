package nft

import (
	"strconv"

	"github.com/recentc/recentc/compile"
	"github.com/recentc/recentc/internal/bytecode"
)

const (
	protoICMP   = 1
	protoICMPv6 = 58
)

// icmpFields are the type and the code of ICMP in both families.
var icmpFields = map[uint8]struct{ kind, code *field }{
	protoICMP:   {icmpField("icmp type", 0, protoICMP), icmpField("icmp code", 1, protoICMP)},
	protoICMPv6: {icmpField("icmpv6 type", 0, protoICMPv6), icmpField("icmpv6 code", 1, protoICMPv6)},
}

func icmpField(name string, offset uint32, protocol uint8) *field {
	return headerField(name, bytecode.TransportHeader, offset, 1, protocol)
}

var icmpTypes = map[uint8]string{
	0: "echo-reply", 3: "destination-unreachable", 4: "source-quench", 5: "redirect", 8: "echo-request",
	9: "router-advertisement", 10: "router-solicitation", 11: "time-exceeded", 12: "parameter-problem",
	13: "timestamp-request", 14: "timestamp-reply", 15: "info-request", 16: "info-reply", 17: "address-mask-request", 18: "address-mask-reply",
}

func (t *translator) icmp(m *compile.ICMP) form {
	if m.Any {
		return fixed(!m.Not)
	}
	return icmpForm(protoICMP, &m.ICMPType, icmpTypes)
}

// icmpForm tests a type, or a type with a code. The opposite of the latter is
// one lookup of the pair: either of the two may differ.
func icmpForm(protocol uint8, m *compile.ICMPType, names map[uint8]string) form {
	name := names[m.Type]
	if name == "" {
		name = strconv.Itoa(int(m.Type))
	}
	fields, kind, code := icmpFields[protocol], named(name, uint64(m.Type)), numberValue(uint64(m.Code))
	switch {
	case m.AnyCode:
		return all(compare(fields.kind, m.Not, kind))
	case m.Not:
		pair := setOf([]value{joinedValue(kind, code)})
		return all(compare(concat(fields.kind, fields.code), true, pair))
	}
	return all(compare(fields.kind, false, kind), compare(fields.code, false, code))
}
