package nft

import (
	"github.com/recentc/recentc/compile"
	"github.com/recentc/recentc/internal/bytecode"
)

var dccpTypeNames = [...]string{"request", "response", "data", "ack", "dataack", "closereq", "close", "reset", "sync", "syncack"}

var dccpType = bitField("dccp type", bytecode.TransportHeader, 67, 4, protoDCCP)

func (t *translator) dccp(m *compile.DCCP) form {
	var types []stmt
	switch {
	case m.Types == nil:
	case m.Types.Mask == 0 && !m.Types.Not:
		return never()
	case m.Types.Mask != 0:
		types = append(types, for4(protoDCCP, compare(dccpType, m.Types.Not, dccpTypes(m.Types.Mask)))...)
	}
	return t.ports(protoDCCP, m.Source, m.Dest, types...)
}

// dccpTypes lists types; those without a name come together.
func dccpTypes(mask uint16) value {
	var list []value
	for i, name := range dccpTypeNames {
		if mask&(1<<i) != 0 {
			list = append(list, named(name, uint64(i)))
		}
	}
	if mask>>len(dccpTypeNames) != 0 {
		list = append(list, rangeValue(10, 15))
	}
	return oneOfValues(list)
}
