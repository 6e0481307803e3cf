package nft

import "github.com/recentc/recentc/compile"

const (
	protoDCCP    = 33
	protoSCTP    = 132
	protoUDPLite = 136
)

func (t *translator) multiport(m *compile.Multiport) form {
	name, ports := protocolText(m.Protocol), spansText(m.Ports)
	sides := [...][]string{{"sport"}, {"dport"}, {"sport", "dport"}}[m.Side]
	var out []stmt
	for _, side := range sides {
		out = append(out, for4(m.Protocol, compare(name+" "+side, m.Not, ports))...)
	}
	if m.Side == compile.EitherPort && !m.Not {
		return anyOf(out[:1], out[1:])
	}
	return t.all(out...)
}
