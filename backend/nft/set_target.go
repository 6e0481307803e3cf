package nft

import (
	"fmt"

	"github.com/recentc/recentc/compile"
	"github.com/recentc/recentc/internal/diag"
	"github.com/recentc/recentc/ipset"
)

// changeSet adds to a set or removes from it. A full set ends a rule of nftables,
// not one of iptables: nothing stands behind the write in the same rule.
func (t *translator) changeSet(c *compile.ChangeSet) end {
	var writes [][]stmt
	if c.Add != nil && c.Add.Fits(t.prog.Family) {
		writes = append(writes, t.setWrites(c.Add, (*translator).storable, func(p *setPart, key string) []stmt {
			return []stmt{{class: change, text: addText(c, p, key)}}
		})...)
	}
	if c.Remove != nil && c.Remove.Fits(t.prog.Family) {
		t.noteChurn(c.Remove.Set)
		writes = append(writes, t.setWrites(c.Remove, anything, func(p *setPart, key string) []stmt {
			return ownRef(p.set).clear(address{text: key})
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
func (t *translator) setWrites(r *compile.SetRef, only func(*translator, *compile.SetRef, *setPart) []stmt, write func(p *setPart, key string) []stmt) (out [][]stmt) {
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

func addText(c *compile.ChangeSet, p *setPart, key string) string {
	op := map[bool]string{false: "add", true: "update"}[c.Again]
	if c.Timeout > 0 {
		key += " timeout " + seconds(c.Timeout)
	}
	return fmt.Sprintf("%s @%s { %s }", op, p.name, key)
}

// kindTest asks for packets of the kind, if the rule does not.
func (t *translator) kindTest(kind portKind) []stmt {
	_, known := t.ruleProtocol()
	switch {
	case kind == withPorts && !known:
		return append(t.first(), compare("meta l4proto", false, portProtocolNames()))
	case kind == withPorts || kind == icmpPackets:
		return t.first()
	case kind == otherPackets && !known:
		return []stmt{compare("meta l4proto", true, "{ icmp, tcp, udp, ipv6-icmp, sctp, udplite }")}
	}
	return nil
}

func portProtocolNames() string {
	var names []string
	for _, p := range portProtocols {
		names = append(names, protocolText(p))
	}
	return oneOf(names)
}

// storable leaves out what the kernel does not take: the address 0 in hash:ip,
// what lies outside of a bitmap, and a packet without the device.
func (t *translator) storable(r *compile.SetRef, p *setPart) []stmt {
	s := r.Set
	address := func() string { return t.setAddress(s, p.bits[0], r.Sides[0]) }
	switch {
	case s.Type.Bitmap && s.Type.Has(ipset.IP):
		return []stmt{compare(t.ip()+[...]string{" saddr", " daddr"}[r.Sides[0]], false, addrSpan{s.First, s.Last}.text(false))}
	case s.Type.Bitmap && (s.FirstPort > 0 || s.LastPort < 1<<16-1):
		return []stmt{compare("th "+side(r.Sides[0] == compile.SourceSide, "sport", "dport"), false, fmt.Sprintf("%d-%d", s.FirstPort, s.LastPort))}
	case s.Type.Has(ipset.Iface):
		return []stmt{compare(side(r.Sides[1] == compile.SourceSide, "iif", "oif"), true, "0")}
	case s.Type.Name == "hash:ip" && s.Mask.IsValid():
		return []stmt{test(address() + " != " + t.zeroAddress())}
	case s.Type.Name == "hash:ip":
		return []stmt{compare(address(), true, t.zeroAddress())}
	}
	return nil
}

// anything takes every packet.
func anything(*translator, *compile.SetRef, *setPart) []stmt { return nil }

func (t *translator) zeroAddress() string {
	if t.ipv6() {
		return "::"
	}
	return "0.0.0.0"
}

// noteChurn tells of a set that packets add to and remove from.
func (t *translator) noteChurn(s *ipset.Set) {
	if u := t.useOf(s.Name); u != nil && len(u.Adds) > 0 {
		t.note(diag.Differs, t.rule.File, t.rule.Range, "a source that is added to set "+s.Name+" and removed again dozens of times a second can be missed",
			"nftables keeps a removed element until its collector comes by, about once a second, and finds no room behind many of them.")
	}
}
