package lint

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/recentc/recentc/compile"
)

// region is a set of packets: those that fulfil every one of its parts. It can
// be compared by meaning, and what it cannot say it leaves out, which makes it
// larger than the rule's own condition; exact tells whether that has happened.
type region struct {
	src, dst     netip.Prefix // the zero Prefix is any address
	in, out      device
	protocol     uint8 // 0 is any
	sport, dport spans
	state        compile.CtState // a set of states, of which a packet has one
	flags        uint64          // a set of the 64 combinations of TCP flags
	icmp         icmpTypes
	// others are conditions that compare only as text, and negated ones.
	others []other
	// exact tells that the region is the condition, not only larger than it.
	exact bool
	// empty tells that no packet fulfils it.
	empty bool
}

// device is a device's name or, if wild, what it begins with.
type device struct {
	name string
	wild bool
}

// spans are sorted ranges of ports that do not touch; nil is any port.
type spans []compile.Span

// icmpTypes is one type with a span of codes; the zero value is any message.
type icmpTypes struct {
	set       bool
	kind      uint8
	low, high uint8
}

// other is a condition that a region knows by its text, or the complement of a
// network or device.
type other struct {
	text   string
	not    netip.Prefix // a network that the address of side is not in
	side   compile.Side
	device device // a device that it is not, at the way in or out
	out    bool
}

const (
	allStates = compile.CtInvalid | compile.CtNew | compile.CtEstablished | compile.CtRelated | compile.CtUntracked
	allFlags  = ^uint64(0)

	protoICMP, protoTCP, protoUDP, protoICMPv6 = 1, 6, 17, 58
)

// everything is the region of all packets.
var everything = region{state: allStates, flags: allFlags, exact: true}

// and gives the packets that are in both regions.
func (r region) and(o *region) region {
	out := r
	out.exact = r.exact && o.exact
	var ok [8]bool
	out.src, ok[0] = bothNets(r.src, o.src)
	out.dst, ok[1] = bothNets(r.dst, o.dst)
	out.in, ok[2] = bothDevices(r.in, o.in)
	out.out, ok[3] = bothDevices(r.out, o.out)
	out.sport, ok[4] = bothSpans(r.sport, o.sport)
	out.dport, ok[5] = bothSpans(r.dport, o.dport)
	out.icmp, ok[6] = bothTypes(r.icmp, o.icmp)
	out.protocol, ok[7] = max(r.protocol, o.protocol), r.protocol == 0 || o.protocol == 0 || r.protocol == o.protocol
	out.state, out.flags = r.state&o.state, r.flags&o.flags
	out.empty = r.empty || o.empty || slices.Contains(ok[:], false) || out.state == 0 || out.flags == 0
	if len(o.others) > 0 {
		out.others = slices.Clip(r.others)
		for _, x := range o.others {
			if !slices.Contains(out.others, x) {
				out.others = append(out.others, x)
			}
		}
	}
	if !out.empty {
		out.empty = slices.ContainsFunc(out.others, func(x other) bool { return x.excludes(&out) })
	}
	return out
}

// within tells whether every packet of r is surely in o.
func (r *region) within(o *region) bool {
	return o.exact && (o.protocol == 0 || o.protocol == r.protocol) &&
		netWithin(r.src, o.src) && netWithin(r.dst, o.dst) && deviceWithin(r.in, o.in) && deviceWithin(r.out, o.out) &&
		spansWithin(r.sport, o.sport) && spansWithin(r.dport, o.dport) && typesWithin(r.icmp, o.icmp) &&
		r.state&^o.state == 0 && r.flags&^o.flags == 0 && r.holds(o.others)
}

// disjoint tells whether surely no packet is in both.
func (r *region) disjoint(o *region) bool { both := r.and(o); return both.empty }

// holds tells whether every packet of r fulfils the conditions.
func (r *region) holds(conditions []other) bool {
	for i := range conditions {
		c := &conditions[i]
		if !slices.Contains(r.others, *c) && !c.impliedBy(r) {
			return false
		}
	}
	return true
}

func (c *other) impliedBy(r *region) bool {
	switch {
	case c.not.IsValid():
		net := r.src
		if c.side == compile.DestSide {
			net = r.dst
		}
		return net.IsValid() && !net.Overlaps(c.not)
	case c.device.name != "":
		d := r.in
		if c.out {
			d = r.out
		}
		_, both := bothDevices(d, c.device)
		return d.name != "" && !both
	}
	return false
}

// excludes tells whether no packet of r fulfils the condition.
func (c *other) excludes(r *region) bool {
	switch {
	case c.not.IsValid():
		net := r.src
		if c.side == compile.DestSide {
			net = r.dst
		}
		return net.IsValid() && netWithin(net, c.not)
	case c.device.name != "":
		d := r.in
		if c.out {
			d = r.out
		}
		return d.name != "" && deviceWithin(d, c.device)
	}
	return false
}

func bothNets(a, b netip.Prefix) (netip.Prefix, bool) {
	switch {
	case !a.IsValid():
		return b, true
	case !b.IsValid():
		return a, true
	case !a.Overlaps(b):
		return a, false
	case a.Bits() >= b.Bits():
		return a, true
	}
	return b, true
}

func netWithin(a, b netip.Prefix) bool {
	return !b.IsValid() || a.IsValid() && a.Bits() >= b.Bits() && b.Contains(a.Addr())
}

// any tells whether the device may be any.
func (d device) any() bool { return d.name == "" && !d.wild }

func bothDevices(a, b device) (device, bool) {
	switch {
	case deviceWithin(a, b):
		return a, true
	case deviceWithin(b, a):
		return b, true
	}
	return a, false
}

func deviceWithin(a, b device) bool {
	switch {
	case b.any():
		return true
	case a.any():
		return false
	case b.wild:
		return strings.HasPrefix(a.name, b.name)
	}
	return a == b
}

func bothSpans(a, b spans) (spans, bool) {
	if a == nil {
		return b, true
	}
	if b == nil {
		return a, true
	}
	var out spans
	for i, j := 0, 0; i < len(a) && j < len(b); {
		low, high := max(a[i].Low, b[j].Low), min(a[i].High, b[j].High)
		if low <= high {
			out = append(out, compile.Span{Low: low, High: high})
		}
		if a[i].High < b[j].High {
			i++
		} else {
			j++
		}
	}
	return out, len(out) > 0
}

func spansWithin(a, b spans) bool {
	if b == nil {
		return true
	}
	if a == nil {
		return false
	}
	j := 0
	for _, s := range a {
		for j < len(b) && b[j].High < s.Low {
			j++
		}
		if j == len(b) || s.Low < b[j].Low || s.High > b[j].High {
			return false
		}
	}
	return true
}

func bothTypes(a, b icmpTypes) (icmpTypes, bool) {
	switch {
	case !a.set:
		return b, true
	case !b.set:
		return a, true
	}
	both := icmpTypes{true, a.kind, max(a.low, b.low), min(a.high, b.high)}
	return both, a.kind == b.kind && both.low <= both.high
}

func typesWithin(a, b icmpTypes) bool {
	return !b.set || a.set && a.kind == b.kind && a.low >= b.low && a.high <= b.high
}
