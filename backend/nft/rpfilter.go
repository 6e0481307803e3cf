package nft

import "github.com/recentc/recentc/compile"

// rpfilter asks for the device on the way back. For IPv6 the match takes any
// packet without a source for good; nftables does so only in neighbour discovery.
func (t *translator) rpfilter(m *compile.RPFilter) form {
	left := "fib saddr"
	if m.Mark {
		left += " . mark"
	}
	if !m.Loose {
		left += " . iif"
	}
	found := testOr(left+" oif != 0", left+" oif 0")
	switch {
	case !t.ipv6() && m.Failed:
		return all(found.opposite())
	case !t.ipv6():
		return all(found)
	case m.Failed:
		return all(test("ip6 saddr != ::"), found.opposite())
	}
	return anyOf([]stmt{test("ip6 saddr ::")}, []stmt{found})
}
