package nft

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/recentc/recentc/compile"
	"github.com/recentc/recentc/internal/diag"
	"github.com/recentc/recentc/ipset"
)

// A set of ipset with ports keeps apart what nftables has no common key for, so
// that it becomes up to three sets.
type portKind uint8

const (
	// anyPacket is the only kind of a set without ports.
	anyPacket portKind = iota
	// withPorts are TCP, UDP, UDP-Lite and SCTP, the only ones that ipset reads
	// ports of.
	withPorts
	// icmpPackets have a type and a code in place of a port.
	icmpPackets
	// otherPackets have a protocol only.
	otherPackets
)

// portProtocols are the protocols of withPorts.
var portProtocols = []uint8{protoTCP, protoUDP, protoSCTP, protoUDPLite}

// setPart is a set of the output that holds entries of one kind.
type setPart struct {
	*set
	kind portKind
	// bits are the lengths of the prefixes of the entries' nets where packets
	// change the set: their addresses are cut to them. -1 where any net can stand.
	bits [2]int
}

// setParts are what one set of ipset becomes; asked with --return-nomatch, it
// becomes others.
type setParts struct {
	use   *compile.SetUse
	parts []*setPart
	// changed are those that packets change.
	changed []*setPart
	// failure is why there are none, and what to do.
	failure [2]string
}

type setQuestion struct {
	name       string
	exceptions bool
}

// inSet asks a set. A test that cannot read what it asks for ends a rule of
// nftables, whether it is negated or not; the kernel's does not find the packet.
func (t *translator) inSet(m *compile.InSet) form {
	t.checkCounters(m)
	var alts [][]stmt
	for _, s := range t.fittingSets(&m.SetRef) {
		found, ok := t.lookups(s, m)
		if !ok {
			return form{}
		}
		alts = append(alts, found...)
	}
	switch {
	case !m.Not:
		return anyOf(alts...)
	case len(alts) == 0:
		return always()
	case len(alts) == 1 && len(alts[0]) == 1 && alwaysRead(m.Set.Type):
		return all(alts[0][0].opposite())
	}
	return noneOf(alts...)
}

// alwaysRead tells whether every packet has what the set is asked for.
func alwaysRead(t *ipset.Type) bool {
	return !t.List && !t.Has(ipset.Port) && !t.Has(ipset.BarePort) && !t.Has(ipset.MAC) && !t.Has(ipset.Iface)
}

func (t *translator) checkCounters(m *compile.InSet) {
	switch {
	case !m.Set.Counters:
	case m.ByCounter:
		t.inexpressible("a test of the counters of an entry of set "+m.Set.Name,
			"nftables counts for each element but does not compare it. Use -m connbytes, -m quota or -m hashlimit for what is meant.")
	case m.Uncounted:
		t.note(diag.Differs, t.rule.File, t.rule.Range, "the elements of set "+m.Set.Name+" count these packets too", "nftables has no lookup that leaves the counter of an element as it is. No packet is treated otherwise.")
	}
}

// fittingSets are the sets that the kernel looks into: the members of a list.
func (t *translator) fittingSets(r *compile.SetRef) (out []*ipset.Set) {
	if !r.Set.Type.List {
		if r.Fits(t.prog.Family) {
			out = append(out, r.Set)
		}
		return out
	}
	for _, e := range r.Set.Entries {
		if e.Timeout > 0 {
			t.inexpressible("the list "+r.Set.Name+" with a member that leaves it after a time", "Let the member stay in it (timeout 0), or name the set itself in the rule.")
			return nil
		}
	}
	return t.useOf(r.Set.Name).Fitting(r.Sides, t.prog.Family)
}

func (t *translator) useOf(name string) *compile.SetUse {
	i, ok := slices.BinarySearchFunc(t.prog.Sets, name, func(u *compile.SetUse, name string) int { return cmp.Compare(u.Name, name) })
	if !ok {
		return nil
	}
	return t.prog.Sets[i]
}

// lookups are the tests of which one holds if the set has the packet. Parts for
// other protocols than the rule's are left out.
func (t *translator) lookups(s *ipset.Set, m *compile.InSet) (alts [][]stmt, ok bool) {
	parts := t.partsOf(s, m.Exceptions && s.Type.Has(ipset.Net))
	if parts.failure[0] != "" {
		t.inexpressible(parts.failure[0], parts.failure[1])
		return nil, false
	}
	for _, p := range parts.parts {
		if !t.concerns(p.kind) {
			continue
		}
		var alt []stmt
		if p.kind == withPorts || p.kind == icmpPackets {
			alt = t.first()
		}
		alt = append(alt, t.barePorts(s)...)
		found := compare(t.setKey(s, p, m.Sides), false, setValue(p.set))
		found.protocol = 0 // the test of it, if there is one, is in front
		alts = append(alts, append(alt, found))
	}
	return alts, true
}

// concerns tells whether a packet of the rule's protocol can be of the kind.
func (t *translator) concerns(kind portKind) bool {
	number, known := t.ruleProtocol()
	if !known || kind == anyPacket {
		return true
	}
	return kind == kindOf(number)
}

func kindOf(protocol uint8) portKind {
	switch {
	case ipset.HasPorts(protocol):
		return withPorts
	case protocol == protoICMP || protocol == protoICMPv6:
		return icmpPackets
	}
	return otherPackets
}

// barePorts asks for the protocols whose ports a bitmap:port means.
func (t *translator) barePorts(s *ipset.Set) []stmt {
	if !s.Type.Has(ipset.BarePort) {
		return nil
	}
	if number, known := t.ruleProtocol(); known && (number == protoTCP || number == protoUDP) {
		return nil
	}
	return append(t.first(), compare(l4proto, false, protocolValues(protoTCP, protoUDP)))
}

// setKey is what a packet is looked up by.
func (t *translator) setKey(s *ipset.Set, p *setPart, sides []compile.Side) *field {
	var keys []*field
	nets := 0
	for i, f := range s.Type.Fields {
		switch f {
		case ipset.IP, ipset.Net:
			keys = append(keys, t.setAddress(s, p.bits[nets], sides[i]))
			nets++
		case ipset.Port:
			keys = append(keys, t.portKeys(p.kind, sides[i])...)
		case ipset.BarePort:
			keys = append(keys, anyPorts[sides[i]])
		case ipset.MAC:
			keys = append(keys, etherFields[sides[i]])
		case ipset.Iface:
			keys = append(keys, [...]*field{iifname, oifname}[sides[i]])
		case ipset.Mark:
			keys = append(keys, markKey(s.MarkMask))
		}
	}
	if len(keys) == 1 {
		return keys[0]
	}
	return concat(keys...)
}

func side(source bool, yes, no string) string {
	if source {
		return yes
	}
	return no
}

func markKey(mask uint32) *field {
	if mask == 1<<32-1 {
		return metaMarkField
	}
	return metaMarkField.masked(hex(mask), numberBytes(uint64(mask), 4))
}

func (t *translator) setAddress(s *ipset.Set, bits int, at compile.Side) *field {
	switch {
	case s.Mask.IsValid():
		return t.addrField(at).masked(s.Mask.String(), s.Mask.AsSlice())
	case bits < 0:
		return t.addrField(at)
	}
	return t.addrKey(at, bits)
}

func (t *translator) portKeys(kind portKind, at compile.Side) []*field {
	switch kind {
	case icmpPackets:
		f := icmpFields[map[bool]uint8{false: protoICMP, true: protoICMPv6}[t.ipv6()]]
		return []*field{f.kind, f.code}
	case otherPackets:
		return []*field{l4proto}
	}
	return []*field{l4proto, anyPorts[at]}
}

func (t *translator) icmpName() string {
	if t.ipv6() {
		return "icmpv6"
	}
	return "icmp"
}

// setType is the type of a part's elements.
func (t *translator) setType(s *ipset.Set, kind portKind) string {
	var types []string
	for _, f := range s.Type.Fields {
		switch f {
		case ipset.IP, ipset.Net:
			types = append(types, t.addrType())
		case ipset.Port:
			types = append(types, map[portKind]string{
				withPorts: "inet_proto . inet_service", icmpPackets: t.icmpName() + "_type . " + t.icmpCode(), otherPackets: "inet_proto",
			}[kind])
		case ipset.BarePort:
			types = append(types, "inet_service")
		case ipset.MAC:
			types = append(types, "ether_addr")
		case ipset.Iface:
			types = append(types, "ifname")
		case ipset.Mark:
			types = append(types, "mark")
		}
	}
	return strings.Join(types, " . ")
}

func (t *translator) icmpCode() string {
	return side(t.ipv6(), "icmpv6_code", "icmp_code")
}

// partsOf makes the sets of the output on the first question.
func (t *translator) partsOf(s *ipset.Set, exceptions bool) *setParts {
	if t.waits() {
		return &setParts{}
	}
	q := setQuestion{s.Name, exceptions}
	if p := t.ipsets[q]; p != nil {
		return p
	}
	if t.ipsets == nil {
		t.ipsets = map[setQuestion]*setParts{}
	}
	p := &setParts{use: t.useOf(s.Name)}
	t.ipsets[q] = p
	b := partBuilder{translator: t, setParts: p, exceptions: exceptions}
	b.build()
	return p
}

// kindNames are what is appended to a set's name.
var kindNames = [...]string{anyPacket: "", withPorts: "", icmpPackets: "_icmp", otherPackets: "_proto"}

// newPart adds a set to the output.
func (b *partBuilder) newPart(kind portKind, suffix string) *setPart {
	s := b.use.Set
	want := s.Name + suffix + kindNames[kind]
	if b.exceptions {
		want += "_nomatch"
	}
	p := &setPart{kind: kind, bits: [2]int{-1, -1}, set: &set{key: "type " + b.setType(s, kind), counter: s.Counters, keyLen: b.keyLen(s, kind)}}
	p.name = b.setNames.take(legal(want))
	if p.name != want {
		b.note(diag.Renamed, s.File, s.Range, fmt.Sprintf("set %s is named %s in the output", want, p.name), "nftables does not take the name as it is, or it is taken.")
	}
	p.about = fmt.Sprintf("ipset %s (%s), %s:%d%s", printable(s.Name), s.Type.Name, printable(path.Base(s.File.Name)), s.Range.Start.Line, kindAbout[kind])
	b.sets = append(b.sets, p.set)
	b.parts = append(b.parts, p)
	return p
}

var kindAbout = [...]string{
	anyPacket: "", withPorts: "", icmpPackets: ": its entries with ICMP", otherPackets: ": its entries with protocols that have no ports",
}

// keyLen is the length of a part's keys in bytes.
func (b *partBuilder) keyLen(s *ipset.Set, kind portKind) int {
	sides := make([]compile.Side, len(s.Type.Fields))
	return b.setKey(s, &setPart{kind: kind, bits: [2]int{-1, -1}}, sides).len()
}
