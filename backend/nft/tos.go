package nft

import (
	"fmt"

	"github.com/recentc/recentc/compile"
)

// tos tests the byte as what nft lists it as: the DSCP and the ECN field. A part
// of a field is written as raw payload.
func (t *translator) tos(m *compile.TOS) form {
	switch {
	case m.Value&^m.Mask != 0:
		return fixed(m.Not)
	case m.Mask == 0:
		return fixed(!m.Not)
	case m.Mask&0xfc != 0xfc && m.Mask&0xfc != 0 || m.Mask&3 != 3 && m.Mask&3 != 0:
		return all(t.rawTOS(m))
	}
	var fields []stmt
	if m.Mask&0xfc != 0 {
		fields = append(fields, compare(t.ip()+" dscp", false, fmt.Sprintf("0x%02x", m.Value>>2)))
	}
	if m.Mask&3 != 0 {
		fields = append(fields, compare(t.ip()+" ecn", false, ecnNames[m.Value&3]))
	}
	if m.Not {
		return opposites(fields)
	}
	return all(fields...)
}

// rawTOS reads the byte: in IPv6 it lies across the first two.
func (t *translator) rawTOS(m *compile.TOS) stmt {
	op := map[bool]string{false: "==", true: "!="}[m.Not]
	if t.ipv6() {
		return test(fmt.Sprintf("@nh,0,16 & %#x %s %#x", int(m.Mask)<<4, op, int(m.Value)<<4))
	}
	return test(fmt.Sprintf("@nh,8,8 & %#x %s %#x", m.Mask, op, m.Value))
}
