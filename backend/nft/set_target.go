package nft

import (
	"fmt"
	"net/netip"

	"github.com/recentc/recentc/compile"
	"github.com/recentc/recentc/internal/diag"
	"github.com/recentc/recentc/ipset"
)

// changeSet adds to a set or removes from it. A full set ends a rule of nftables,
// not one of iptables: nothing stands behind the write in the same rule.
func (t *translator) changeSet(c *compile.ChangeSet) end {
	var writes [][]stmt
	if c.Add != nil && c.Add.Fits(t.prog.Family) {
		writes = append(writes, t.setWrites(c.Add, (*translator).storable, func(p *setPart, key *field) []stmt {
			return []stmt{addTo(c, p, key)}
		})...)
	}
	if c.Remove != nil && c.Remove.Fits(t.prog.Family) {
		t.noteChurn(c.Remove.Set)
		writes = append(writes, t.setWrites(c.Remove, anything, func(p *setPart, key *field) []stmt {
			return ownRef(p.set).clear(address{field: key})
		})...)
	}
	switch len(writes) {
	case 0:
		return end{}
	case 1:
		return afterwards(writes[0]...)
	}
	about := "writes to sets for the rule of line " + lineNumber(t.rule)
	return afterwards(jumpTo(t.sharedChain(t.named[t.chain]+"_set", about, writes...).name))
}

// setWrites is one rule for each part that packets of the rule change.
func (t *translator) setWrites(r *compile.SetRef, only func(*translator, *compile.SetRef, *setPart) []stmt, write func(p *setPart, key *field) []stmt) (out [][]stmt) {
	parts := t.partsOf(r.Set, false)
	if parts.failure[0] != "" {
		t.inexpressible(parts.failure[0], parts.failure[1])
		return nil
	}
	for _, p := range parts.changed {
		if !t.concerns(p.kind) {
			continue
		}
		stmts := append(t.kindTest(p.kind), t.barePorts(r.Set)...)
		stmts = append(stmts, only(t, r, p)...)
		out = append(out, append(stmts, write(p, t.setKey(r.Set, p, r.Sides))...))
	}
	return out
}

// addTo writes a key to a set.
func addTo(c *compile.ChangeSet, p *setPart, key *field) stmt {
	op, number, timeout := "add", setAdd, ""
	if c.Again {
		op, number = "update", setUpdate
	}
	if c.Timeout > 0 {
		timeout = " timeout " + seconds(c.Timeout)
	}
	return stmt{class: change, right: value{text: fmt.Sprintf("%s @%s { %s%s }", op, p.name, key.name, timeout)}, code: setCode(number, p.set, key, uint64(c.Timeout)*1000)}
}

// kindTest asks for packets of the kind, if the rule does not.
func (t *translator) kindTest(kind portKind) []stmt {
	_, known := t.ruleProtocol()
	switch {
	case kind == withPorts && !known:
		return append(t.first(), compare(l4proto, false, protocolValues(portProtocols...)))
	case kind == withPorts || kind == icmpPackets:
		return t.first()
	case kind == otherPackets && !known:
		return []stmt{compare(l4proto, true, protocolValues(protoICMP, protoTCP, protoUDP, protoICMPv6, protoSCTP, protoUDPLite))}
	}
	return nil
}

// storable leaves out what the kernel does not take: the address 0 in hash:ip,
// what lies outside of a bitmap, and a packet without the device.
func (t *translator) storable(r *compile.SetRef, p *setPart) []stmt {
	s := r.Set
	address := func() *field { return t.setAddress(s, p.bits[0], r.Sides[0]) }
	switch {
	case s.Type.Bitmap && s.Type.Has(ipset.IP):
		return []stmt{compare(t.addrField(r.Sides[0]), false, addrSpanValue(addrSpan{s.First, s.Last}.text(false), s.First, s.Last))}
	case s.Type.Bitmap && (s.FirstPort > 0 || s.LastPort < 1<<16-1):
		return []stmt{compare(anyPorts[r.Sides[0]], false, rangeValue(uint64(s.FirstPort), uint64(s.LastPort)))}
	case s.Type.Has(ipset.Iface):
		return []stmt{compare([...]*field{iif, oif}[r.Sides[1]], true, numberValue(0))}
	case s.Type.Name == "hash:ip" && s.Mask.IsValid():
		return []stmt{under(address(), true, t.zeroAddress())}
	case s.Type.Name == "hash:ip":
		return []stmt{compare(address(), true, t.zeroAddress())}
	}
	return nil
}

// anything takes every packet.
func anything(*translator, *compile.SetRef, *setPart) []stmt { return nil }

func (t *translator) zeroAddress() value {
	if t.ipv6() {
		return addrValue(netip.IPv6Unspecified())
	}
	return addrValue(netip.IPv4Unspecified())
}

// noteChurn tells of a set that packets add to and remove from.
func (t *translator) noteChurn(s *ipset.Set) {
	if u := t.useOf(s.Name); u != nil && len(u.Adds) > 0 {
		t.note(diag.Differs, t.rule.File, t.rule.Range, "a source that is added to set "+s.Name+" and removed again dozens of times a second can be missed",
			"nftables keeps a removed element until its collector comes by, about once a second, and finds no room behind many of them.")
	}
}
