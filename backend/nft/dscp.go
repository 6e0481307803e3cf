package nft

import (
	"fmt"

	"github.com/recentc/recentc/compile"
	"github.com/recentc/recentc/internal/bytecode"
)

func (t *translator) dscp(m *compile.DSCP) form {
	return all(compare(t.dscpField(), m.Not, dscpValue(uint32(m.Value))))
}

var (
	dscpFields = map[bool]*field{false: bitField("ip dscp", bytecode.NetworkHeader, 8, 6, 0), true: bitField("ip6 dscp", bytecode.NetworkHeader, 4, 6, 0)}
	ecnFields  = map[bool]*field{false: bitField("ip ecn", bytecode.NetworkHeader, 14, 2, 0), true: bitField("ip6 ecn", bytecode.NetworkHeader, 10, 2, 0)}
)

func (t *translator) dscpField() *field { return dscpFields[t.ipv6()] }

func (t *translator) ecnField() *field { return ecnFields[t.ipv6()] }

func dscpValue(n uint32) value { return named(fmt.Sprintf("0x%02x", n), uint64(n)) }

func ecnValue(n uint32) value { return named(ecnNames[n], uint64(n)) }
