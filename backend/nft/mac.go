package nft

import (
	"net"

	"github.com/recentc/recentc/compile"
)

func (t *translator) mac(m *compile.MAC) form {
	return t.all(compare("ether saddr", m.Not, net.HardwareAddr(m.Addr[:]).String()))
}
