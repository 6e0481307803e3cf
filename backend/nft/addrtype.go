package nft

import (
	"strconv"

	"github.com/recentc/recentc/compile"
)

func (t *translator) addrtype(m *compile.AddrType) form {
	f := always()
	for side, types := range []*compile.AddrTypes{m.Source, m.Dest} {
		if types == nil {
			continue
		}
		if t.ipv6() {
			f = and(f, t.addrtype6(m, compile.Side(side), types))
		} else {
			f = and(f, all(compare(fibType(m, compile.Side(side)), types.Not, fibTypes(types.Mask))))
		}
	}
	return f
}

func fibType(m *compile.AddrType, side compile.Side) string {
	left := "fib " + [...]string{"saddr", "daddr"}[side]
	switch {
	case m.In:
		left += " . iif"
	case m.Out:
		left += " . oif"
	}
	return left + " type"
}

var fibTypeNames = [...]string{"unspec", "unicast", "local", "broadcast", "anycast", "multicast", "blackhole", "unreachable", "prohibit"}

func fibTypes(mask uint16) string {
	var names []string
	for i := range 16 {
		switch {
		case mask&(1<<i) == 0:
		case i < len(fibTypeNames):
			names = append(names, fibTypeNames[i])
		default: // throw, nat and xresolve, of which nft knows no names
			names = append(names, strconv.Itoa(i))
		}
	}
	return oneOf(names)
}

// addrtype6 does what the kernel's match does for IPv6, where the routing tables
// are asked for three kinds only: UNSPEC, UNICAST and MULTICAST are about the
// address alone, all that are listed must hold (so that two of them never do),
// and a local address is unicast as well.
func (t *translator) addrtype6(m *compile.AddrType, side compile.Side, types *compile.AddrTypes) form {
	left := "ip6 " + [...]string{"saddr", "daddr"}[side]
	var list []stmt
	if types.Mask&compile.AddrMulticast != 0 {
		list = append(list, compare(left, false, "ff00::/8"))
	}
	if types.Mask&compile.AddrUnicast != 0 {
		list = append(list, compare(left, true, "{ ::, ::ffff:0.0.0.0/96, ff00::/8 }"))
	}
	if types.Mask&compile.AddrUnspec != 0 {
		list = append(list, compare(left, false, "::"))
	}
	kinds := routeTypes6(types.Mask)
	if kinds&compile.AddrLocal != 0 && !m.In && !m.Out {
		return localType6(list, left, compare(fibType(m, side), false, fibTypes(kinds)), types.Not)
	}
	if kinds != 0 {
		list = append(list, compare(fibType(m, side), false, fibTypes(kinds)))
	}
	if types.Not {
		return opposites(list)
	}
	return all(list...)
}

// localType6 adds the link-local addresses of the host's packets to itself: fib
// looks for these on the packet's device, which is the loopback, and finds none.
func localType6(list []stmt, left string, fib stmt, not bool) form {
	self := []stmt{test(`iifname "lo"`), test(left + " fe80::/10")}
	if not {
		return noneOf(join(list, []stmt{fib}), join(list, self))
	}
	return anyOf(join(list, []stmt{fib}), join(list, self))
}

// routeTypes6 gives fib's types for those that are routed. What the match calls
// unreachable, fib tells apart by the route's error.
func routeTypes6(mask uint16) uint16 {
	const blackhole, prohibit, throw = 1 << 6, 1 << 8, 1 << 9
	out := mask & (compile.AddrLocal | compile.AddrAnycast | compile.AddrUnreachable)
	if mask&compile.AddrUnreachable != 0 {
		out |= blackhole | prohibit | throw
	}
	return out
}
