package ebpf

import (
	"net/netip"

	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/compile"
)

// multicast are the addresses that are multicast by themselves.
var multicast = map[ast.Family]compile.Net{
	ast.IPv4: {Addr: netip.MustParseAddr("224.0.0.0"), Mask: netip.MustParseAddr("240.0.0.0")},
	ast.IPv6: {Addr: netip.MustParseAddr("ff00::"), Mask: netip.MustParseAddr("ff00::")},
}

// addrtype knows the one type that an address tells by itself.
func (t *translator) addrtype(m *compile.AddrType) (ts tests) {
	for side, types := range []*compile.AddrTypes{m.Source, m.Dest} {
		switch {
		case types == nil:
		case types.Mask != compile.AddrMulticast:
			t.unsupported("-m addrtype with a type other than MULTICAST", "The kernel looks the others up in its routing tables, and a program at a netfilter hook cannot.")
			return nil
		default:
			ts = append(ts, inNet(sideField(compile.Side(side)), multicast[t.prog.Family], types.Not))
		}
	}
	return ts
}
