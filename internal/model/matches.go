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
	"conntrack": asking(stateOf, holdsState).except(conntrackGap),
	"dccp":      condition(holdsDCCP).except(dccpGap),
	"dscp":      condition(holdsDSCP),
	"dst":       condition(hasNoHeader),
	"ecn":       condition(holdsECN),
	"frag":      condition(hasNoHeader),
	"fragment":  condition(holdsFragment),
	"hbh":       condition(hasNoHeader),
	"hl":        condition(holdsTTL),
	"icmp":      condition(holdsICMP),
	"icmp6":     condition(holdsICMP6),
	"interface": condition(holdsInterface),
	"iprange":   condition(holdsIPRange),
	"length":    asking(lengthOf, holdsLength),
	"limit":     meter(newLimit),
	"mark":      condition(holdsMark),
	"multiport": condition(holdsMultiport),
	"protocol":  condition(holdsProtocol),
	"quota":     meter(newQuota),
	"rt":        condition(hasNoHeader),
	"sctp":      condition(holdsSCTP),
	"statistic": meter(newNth).except(statisticGap),
	"tcp":       condition(holdsTCP).except(tcpGap),
	"tos":       condition(holdsTOS),
	"ttl":       condition(holdsTTL),
	"udp":       condition(holdsUDP),

	"addrtype":  missing(noRoutes),
	"ah":        missing(noIPsec),
	"cgroup":    missing(noSocket),
	"connbytes": missing(onlyState),
	"connlabel": missing(onlyState),
	"connlimit": missing(onlyState),
	"connmark":  missing(onlyState),
	"cpu":       missing("the model has one processor without a number"),
	"devgroup":  missing("a device has a name alone here"),
	"esp":       missing(noIPsec),
	"hashlimit": missing("the kernel forgets its counts in the background, at no time that is certain"),
	"helper":    missing(onlyState),
	"ipcomp":    missing(noIPsec),
	"mac":       missing(noFrame),
	"mh":        missing("a packet has no mobility header here"),
	"owner":     missing(noSocket),
	"pkttype":   missing(noFrame),
	"policy":    missing(noIPsec),
	"realm":     missing(noRoutes),
	"rpfilter":  missing(noRoutes),
	"set":       missing(noSets),
	"socket":    missing(noSocket),
	"string":    missing(noBytes),
	"tcpmss":    missing(noOptions),
	"time":      missing("the model's clock does not know the time of day"),
	"u32":       missing(noBytes),
}

// What the model does not have.
const (
	noBytes   = "a packet has no bytes here, only fields"
	noFrame   = "a packet has no Ethernet frame here"
	noIPsec   = "a packet has no IPsec here"
	noOptions = "a packet has no TCP options here"
	noRoutes  = "the model has no routes"
	noSets    = "the model has no sets of ipset"
	noSocket  = "the model has no sockets"
	onlyState = "of a connection the model knows the state alone"
)

// condition is a match that only looks at the packet.
func condition[S compile.Step](holds func(s S, v *visit) bool) match {
	return match{gap: none, build: func(_ *builder, s compile.Step) test {
		typed := s.(S)
		return func(v *visit) bool { return holds(typed, v) }
	}}
}

// asking is a condition about something that every packet must tell then.
func asking[S compile.Step](what needs, holds func(s S, v *visit) bool) match {
	m := condition(holds)
	return match{gap: none, build: func(b *builder, s compile.Step) test {
		b.needs.add(what)
		return m.build(b, s)
	}}
}

// meter is a match with a state of its own for each rule.
func meter[S compile.Step](fresh func(b *builder, s S) test) match {
	return match{gap: none, build: func(b *builder, s compile.Step) test { return fresh(b, s.(S)) }}
}

// except is the match without the steps for which gap gives a reason.
func (m match) except(gap func(compile.Step) string) match {
	m.gap = gap
	return m
}

// missing is a match that cannot be interpreted, with the reason.
func missing(why string) match {
	return match{gap: func(compile.Step) string { return why }}
}

func none(compile.Step) string { return "" }

// hasNoHeader: no packet of the model has an extension header of IPv6.
func hasNoHeader(compile.Step, *visit) bool { return false }
