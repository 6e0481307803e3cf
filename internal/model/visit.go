package model

import (
	"net/netip"

	"github.com/recentc/recentc/compile"
)

// visit is a packet on its way. Its Packet changes on it.
type visit struct {
	Packet
	path    Path
	now     tick
	hook    compile.Hook
	table   string
	ct      ctMark
	verdict Verdict
}

// walk takes the packet through the hooks of its path until one keeps it.
func (v *visit) walk(entries *[compile.NoHook][]*chain) {
	for _, h := range v.path.hooks() {
		if !v.enter(h) {
			v.verdict.Outcome = Expired
			return
		}
		for _, c := range entries[h] {
			if !v.sees(c) {
				continue
			}
			if v.verdict.Outcome = c.decide(v); v.verdict.Outcome != Accepted {
				return
			}
		}
	}
}

// enter does what happens to the packet between two hooks. Forwarding takes one off the TTL before
// FORWARD (ip_forward, ip6_forward); false if there is none left.
func (v *visit) enter(h compile.Hook) bool {
	v.hook = h
	if h != compile.Forward {
		return true
	}
	if v.TTL <= 1 {
		return false
	}
	v.TTL--
	return true
}

// sees tells whether the packet passes the chain's table: nat sees the first packet of a connection
// and no other.
func (v *visit) sees(c *chain) bool {
	v.table = c.source.Table
	return v.table != "nat" || v.Opens && v.ct != untracked
}

// addr is the address of a side.
func (v *visit) addr(s compile.Side) netip.Addr {
	if s == compile.DestSide {
		return v.Dst
	}
	return v.Src
}

// hasIn and hasOut tell whether the hook knows the device. POSTROUTING knows both for a packet that
// is forwarded, though -i is refused in the built-in chain.
func (v *visit) hasIn() bool { return v.path != Outgoing }

func (v *visit) hasOut() bool { return v.hook != compile.Prerouting && v.hook != compile.Input }

// arrivalTTL is the TTL that -m recent stores and compares: where the packet has an outgoing device
// and was not made here, one is added for the forwarding. It is eight bits wide.
func (v *visit) arrivalTTL() uint8 {
	if v.hasOut() && v.path != Outgoing {
		return v.TTL + 1
	}
	return v.TTL
}
