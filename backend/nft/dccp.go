package nft

import "github.com/recentc/recentc/compile"

var dccpTypeNames = [...]string{"request", "response", "data", "ack", "dataack", "closereq", "close", "reset", "sync", "syncack"}

func (t *translator) dccp(m *compile.DCCP) form {
	var types []stmt
	if m.Types != nil {
		types = append(types, for4(protoDCCP, compare("dccp type", m.Types.Not, dccpTypes(m.Types.Mask)))...)
	}
	return t.ports("dccp", protoDCCP, m.Source, m.Dest, types...)
}

// dccpTypes lists types; those without a name come together.
func dccpTypes(mask uint16) string {
	var names []string
	for i, name := range dccpTypeNames {
		if mask&(1<<i) != 0 {
			names = append(names, name)
		}
	}
	if mask>>len(dccpTypeNames) != 0 {
		names = append(names, "10-15")
	}
	return oneOf(names)
}
