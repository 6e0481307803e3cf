package nft

import (
	"strconv"

	"github.com/recentc/recentc/compile"
)

var dccpTypes = [...]string{"request", "response", "data", "ack", "dataack", "closereq", "close", "reset", "sync", "syncack"}

// dccp takes INVALID for the one type 10, as the kernel's match does.
func (t *translator) dccp(m *compile.DCCP) form {
	f := t.ports("dccp", protoDCCP, m.Source, m.Dest)
	if m.Types != nil {
		var names []string
		for i := range 16 {
			switch {
			case m.Types.Mask&(1<<i) == 0:
			case i < len(dccpTypes):
				names = append(names, dccpTypes[i])
			default:
				names = append(names, strconv.Itoa(i))
			}
		}
		f = append(f, for4(protoDCCP, compare("dccp type", m.Types.Not, oneOf(names)))...)
	}
	if len(f) == 0 {
		f = append(f, tests(headerTests[protoDCCP], protoDCCP))
	}
	return all(f...)
}
