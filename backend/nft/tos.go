package nft

import (
	"github.com/recentc/recentc/compile"
	"github.com/recentc/recentc/internal/bytecode"
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
		fields = append(fields, compare(t.dscpField(), false, dscpValue(uint32(m.Value>>2))))
	}
	if m.Mask&3 != 0 {
		fields = append(fields, compare(t.ecnField(), false, ecnValue(uint32(m.Value&3))))
	}
	if m.Not {
		return opposites(fields)
	}
	return all(fields...)
}

// rawTOS reads the byte: in IPv6 it lies across the first two.
func (t *translator) rawTOS(m *compile.TOS) stmt {
	if t.ipv6() {
		return bitsTest(headerField("@nh,0,16", bytecode.NetworkHeader, 0, 2, 0), uint32(m.Mask)<<4, m.Not, uint32(m.Value)<<4)
	}
	return bitsTest(headerField("@nh,8,8", bytecode.NetworkHeader, 1, 1, 0), uint32(m.Mask), m.Not, uint32(m.Value))
}
