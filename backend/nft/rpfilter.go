package nft

import (
	"net/netip"

	"github.com/recentc/recentc/compile"
)

// fromBroadcast is true for a source that is a broadcast address. There is a way to it,
// but no packet comes from there.
var fromBroadcast = compare(fibField("fib saddr type", fibAddrType, fibSaddr, 4), false, named("broadcast", 3))

// rpfilter asks for the device on the way back. For IPv6 the match takes any
// packet without a source for good; nftables does so only in neighbour discovery.
func (t *translator) rpfilter(m *compile.RPFilter) form {
	left, flags := "fib saddr", uint32(fibSaddr)
	if m.Mark {
		left, flags = left+" . mark", flags|fibMark
	}
	if !m.Loose {
		left, flags = left+" . iif", flags|fibIif
	}
	found := compare(fibField(left+" oif", fibOutIface, flags, 4), true, numberValue(0))
	none := addrValue(netip.IPv6Unspecified())
	switch {
	case !t.ipv6() && m.Failed:
		return anyOf([]stmt{found.opposite()}, []stmt{fromBroadcast})
	case !t.ipv6():
		return all(found, fromBroadcast.opposite())
	case m.Failed:
		return all(compare(t.addrField(compile.SourceSide), true, none), found.opposite())
	}
	return anyOf([]stmt{compare(t.addrField(compile.SourceSide), false, none)}, []stmt{found})
}
