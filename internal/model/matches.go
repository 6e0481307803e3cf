package model

import "github.com/recentc/recentc/compile"

// match interprets the steps of one extension.
type match struct {
	build func(b *builder, s compile.Step) test
	// gap tells why this step cannot be interpreted, empty if it can.
	gap func(s compile.Step) string
}

// matches are the extensions of steps, by name. Those of -m recent are in recent.go. A name that is
// not here is refused.
var matches = map[string]match{
	"address":   condition(holdsAddress),
	"conntrack": withState(),
	"fragment":  condition(holdsFragment),
	"hl":        condition(holdsTTL),
	"icmp":      condition(func(s *compile.ICMP, v *visit) bool { return holdsICMP(s.ICMPType, v) }),
	"icmp6":     condition(func(s *compile.ICMP6, v *visit) bool { return holdsICMP(s.ICMPType, v) }),
	"interface": condition(holdsInterface),
	"iprange":   condition(holdsIPRange),
	"length":    withLength(),
	"limit":     {build: newLimit, gap: none},
	"mark":      condition(holdsMark),
	"multiport": condition(holdsMultiport),
	"protocol":  condition(holdsProtocol),
	"tcp":       {build: condition(holdsTCP).build, gap: tcpGap},
	"ttl":       condition(holdsTTL),
	"udp":       condition(holdsUDP),

	"addrtype": missing("the model has no routes to tell the type of an address"),
	"mac":      missing("a packet has no Ethernet frame here"),
	"pkttype":  missing("a packet has no Ethernet frame here"),
}

// condition is a match that only looks at the packet.
func condition[S compile.Step](holds func(s S, v *visit) bool) match {
	return match{gap: none, build: func(_ *builder, s compile.Step) test {
		typed := s.(S)
		return func(v *visit) bool { return holds(typed, v) }
	}}
}

// missing is a match that cannot be interpreted, with the reason.
func missing(why string) match {
	return match{gap: func(compile.Step) string { return why }}
}

func none(compile.Step) string { return "" }
