package nft

import (
	"net"

	"github.com/recentc/recentc/compile"
)

func (t *translator) mac(m *compile.MAC) form {
	return t.all(compare(etherFields[0], m.Not, macValue(m.Addr)))
}

func macValue(a [6]byte) value {
	n := uint64(0)
	for _, b := range a {
		n = n<<8 | uint64(b)
	}
	return named(net.HardwareAddr(a[:]).String(), n)
}
