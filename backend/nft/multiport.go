package nft

import "github.com/recentc/recentc/compile"

const (
	protoDCCP    = 33
	protoSCTP    = 132
	protoUDPLite = 136
)

func (t *translator) multiport(m *compile.Multiport) form {
	ports := spansValue(m.Ports)
	sides := [...][]int{{0}, {1}, {0, 1}}[m.Side]
	var out []stmt
	for _, side := range sides {
		out = append(out, compare(portField(m.Protocol, side), m.Not, ports))
	}
	if m.Side == compile.EitherPort && !m.Not {
		return anyOf(out[:1], out[1:])
	}
	return t.all(out...)
}
