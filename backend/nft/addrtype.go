package nft

import (
	"net/netip"

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

func fibType(m *compile.AddrType, side compile.Side) *field {
	left, flags := "fib "+[...]string{"saddr", "daddr"}[side], [...]uint32{fibSaddr, fibDaddr}[side]
	switch {
	case m.In:
		left, flags = left+" . iif", flags|fibIif
	case m.Out:
		left, flags = left+" . oif", flags|fibOif
	}
	return fibField(left+" type", fibAddrType, flags, 4)
}

// What fib answers, and its flags.
const fibOutIface, fibAddrType = 1, 3

const fibSaddr, fibDaddr, fibMark, fibIif, fibOif = 1, 2, 4, 8, 16

var fibTypeNames = [...]string{"unspec", "unicast", "local", "broadcast", "anycast", "multicast", "blackhole", "unreachable", "prohibit"}

func fibTypes(mask uint16) value {
	var list []value
	for i := range 16 {
		switch {
		case mask&(1<<i) == 0:
		case i < len(fibTypeNames):
			list = append(list, named(fibTypeNames[i], uint64(i)))
		default: // throw, nat and xresolve, of which nft knows no names
			list = append(list, numberValue(uint64(i)))
		}
	}
	return oneOfValues(list)
}

// addrtype6 does what the kernel's match does for IPv6, where the routing tables
// are asked for three kinds only: UNSPEC, UNICAST and MULTICAST are about the
// address alone, all that are listed must hold (so that two of them never do),
// and a local address is unicast as well.
func (t *translator) addrtype6(m *compile.AddrType, side compile.Side, types *compile.AddrTypes) form {
	left := t.addrField(side)
	var list []stmt
	if types.Mask&compile.AddrMulticast != 0 {
		list = append(list, compare(left, false, net6("ff00::/8")))
	}
	if types.Mask&compile.AddrUnicast != 0 {
		list = append(list, compare(left, true, oneOfValues([]value{addrValue(netip.IPv6Unspecified()), mapped4, net6("ff00::/8")})))
	}
	if types.Mask&compile.AddrUnspec != 0 {
		list = append(list, compare(left, false, addrValue(netip.IPv6Unspecified())))
	}
	kinds := routeTypes6(types.Mask)
	if kinds&^compile.AddrLocal != 0 && (m.In || m.Out) {
		t.inexpressible("-m addrtype with --limit-iface-in or --limit-iface-out and a type other than LOCAL, UNICAST or MULTICAST",
			"Leave out --limit-iface, or test the device with -i or -o.")
		return never()
	}
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
func localType6(list []stmt, left *field, fib stmt, not bool) form {
	self := []stmt{compare(iifname, false, textValue("lo", "lo")), compare(left, false, net6("fe80::/10"))}
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

// net6 is a net that is written as nft lists it.
func net6(text string) value {
	p := netip.MustParsePrefix(text)
	return netValue(p.Addr(), p.Bits())
}

// mapped4 are the addresses that stand for those of IPv4, as nft lists them.
var mapped4 = func() value {
	v := net6("::ffff:0.0.0.0/96")
	v.text = "::ffff:0.0.0.0/96"
	return v
}()
