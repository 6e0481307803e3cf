package nft

import (
	"fmt"
	"strconv"

	"github.com/recentc/recentc/compile"
)

const (
	protoICMP   = 1
	protoICMPv6 = 58
)

var icmpTypes = map[uint8]string{
	0: "echo-reply", 3: "destination-unreachable", 4: "source-quench", 5: "redirect", 8: "echo-request",
	9: "router-advertisement", 10: "router-solicitation", 11: "time-exceeded", 12: "parameter-problem",
	13: "timestamp-request", 14: "timestamp-reply", 15: "info-request", 16: "info-reply", 17: "address-mask-request", 18: "address-mask-reply",
}

func (t *translator) icmp(m *compile.ICMP) form {
	if m.Any {
		return fixed(!m.Not)
	}
	return icmpForm("icmp", protoICMP, &m.ICMPType, icmpTypes)
}

// icmpForm tests a type, or a type with a code. The opposite of the latter is
// one lookup of the pair: either of the two may differ.
func icmpForm(header string, protocol uint8, m *compile.ICMPType, names map[uint8]string) form {
	name := names[m.Type]
	if name == "" {
		name = strconv.Itoa(int(m.Type))
	}
	kind := compare(header+" type", m.Not, name)
	if m.AnyCode {
		return all(for4(protocol, kind)...)
	}
	if m.Not {
		pair := fmt.Sprintf("%s type . %s code != { %s . %d }", header, header, name, m.Code)
		return all(tests(pair, protocol))
	}
	return all(for4(protocol, test(header+" type "+name), test(fmt.Sprintf("%s code %d", header, m.Code)))...)
}
