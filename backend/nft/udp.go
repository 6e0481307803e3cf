package nft

import "github.com/recentc/recentc/compile"

const protoUDP = 17

func (t *translator) udp(m *compile.UDP) form {
	return t.ports(protoUDP, m.Source, m.Dest)
}
