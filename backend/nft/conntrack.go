package nft

import (
	"strings"

	"github.com/recentc/recentc/compile"
	"github.com/recentc/recentc/internal/bytecode"
)

// The states of a packet without and with a connection, and what comes in
// addition.
const (
	ctNone = compile.CtInvalid | compile.CtUntracked
	ctSome = compile.CtNew | compile.CtEstablished | compile.CtRelated
	ctNAT  = compile.CtSNAT | compile.CtDNAT
)

// ctStates are in the order in which nft lists them, with the kernel's bits.
var ctStates = []struct {
	bit    compile.CtState
	name   string
	kernel uint32
}{
	{compile.CtInvalid, "invalid", 1}, {compile.CtEstablished, "established", 2}, {compile.CtRelated, "related", 4},
	{compile.CtNew, "new", 8}, {compile.CtUntracked, "untracked", 64}, {compile.CtSNAT, "snat", 0}, {compile.CtDNAT, "dnat", 0},
}

func stateBits(s compile.CtState) (bits uint32) {
	for _, n := range ctStates {
		if s&n.bit != 0 {
			bits |= n.kernel
		}
	}
	return bits
}

func stateNames(s compile.CtState) string {
	var names []string
	for _, n := range ctStates {
		if s&n.bit != 0 {
			names = append(names, n.name)
		}
	}
	return strings.Join(names, ",")
}

// ctState tests a state. In nft 1.0.6 "!=" with several compares with all of
// them at once, so their opposite is written with "!".
func ctState(s compile.CtState) stmt {
	names := stateNames(s)
	some, none := flagsCode(ctStateField, stateBits(s))
	not := "ct state ! " + names
	if !strings.Contains(names, ",") {
		not, none = "ct state != "+names, func(c *coder) { c.compareNumber(ctStateField, bytecode.Ne, uint64(stateBits(s))) }
	}
	return testOr("ct state "+names, some, not, none)
}

// conntrack tests the state of a packet and what its connection is. A packet
// without connection fails every statement but the one with the state, and
// matches if it has the state that is asked for: then it is an alternative.
func (t *translator) conntrack(m *compile.Conntrack) form {
	rest := t.ctRest(m)
	switch {
	case m.State == 0:
		return rest
	case m.NotState:
		return t.ctNotState(m.State, rest)
	}
	return t.ctHasState(m.State, rest)
}

func bare(f form) bool { return len(f.alts) == 1 && len(f.alts[0]) == 0 }

func (t *translator) ctHasState(s compile.CtState, rest form) (f form) {
	states := s &^ ctNAT
	if states == s && bare(rest) {
		return t.all(ctState(states))
	}
	if states != 0 && (bare(rest) || states&ctNone == 0) {
		f.alts = and(all(ctState(states)), rest).alts
	} else if states != 0 {
		f.alts = and(all(ctState(states & ctNone))).alts
		if states&ctSome != 0 {
			f.alts = append(f.alts, and(all(ctState(states&ctSome)), rest).alts...)
		}
	}
	if nat := s & ctNAT; nat != 0 {
		f.alts = append(f.alts, and(all(ctHasStatus(stateNames(nat), statusBits(nat))), rest).alts...)
	}
	return f
}

func (t *translator) ctNotState(s compile.CtState, rest form) form {
	states, nat := s&^ctNAT, s&ctNAT
	if nat == 0 && (bare(rest) || s&ctNone == ctNone) {
		return and(all(ctState(states).opposite()), rest)
	}
	var f form
	if none := ctNone &^ s; none != 0 {
		f.alts = append(f.alts, []stmt{ctState(none)})
	}
	some := all(ctState(ctSome &^ s))
	if s&ctSome == ctSome {
		return f
	}
	if nat != 0 {
		some = and(some, all(ctHasStatus(stateNames(nat), statusBits(nat)).opposite()))
	}
	f.alts = append(f.alts, and(some, rest).alts...)
	return f
}

// ctRest is all that is asked of the connection itself.
func (t *translator) ctRest(m *compile.Conntrack) form {
	f := always()
	if m.HasDirection {
		f = and(f, all(compare(ctDirectionField, false, named(direction(m.Reply), uint64(*directionNumber(m.Reply))))))
	}
	if m.Protocol != nil {
		f = and(f, t.ctProtocol(m.Protocol))
	}
	for i := range m.Addrs {
		f = and(f, t.ctAddress(&m.Addrs[i]))
	}
	if len(m.Ports) > 0 {
		f = and(f, t.ctPortProtocol(m))
	}
	for i := range m.Ports {
		f = and(f, ctPorts(&m.Ports[i]))
	}
	if m.HasStatus {
		f = and(f, ctStatus(m))
	}
	return and(f, ctExpires(m.Expires))
}

func direction(reply bool) string { return map[bool]string{false: "original", true: "reply"}[reply] }

// ctExists holds for a packet with a connection.
func ctExists() form { return all(ctState(ctSome)) }

func (t *translator) ctAddress(a *compile.CtAddress) form {
	left := t.ctAddrField(a)
	if a.Net.Any() && a.Not {
		return never()
	}
	if a.Net.Any() {
		return ctExists()
	}
	return all(netStmt(left, a.Net, a.Not))
}

// ctProtocol tests the connection's protocol, which can be another than the
// packet's: an ICMP error belongs to the connection that it is about. Behind -p it is
// written as a range, as nft takes a single value for the packet's own.
func (t *translator) ctProtocol(p *compile.Protocol) form {
	if p.Number == 0 {
		return and(ctExists(), fixed(p.Not))
	}
	v := protocolValue(p.Number)
	if _, known := t.ruleProtocol(); known {
		v = rangeValue(uint64(p.Number), uint64(p.Number))
	}
	return all(compare(ctProtocolField, p.Not, v))
}

// ctPortProtocol makes nft read a port as a number: it does so only where it
// knows the packet's protocol, at which xt_conntrack does not look. Packets of
// connections are never later fragments, so the test is true for all of them.
func (t *translator) ctPortProtocol(m *compile.Conntrack) form {
	number, known := t.ruleProtocol()
	if has, ok := hasHeader(number); known && ok {
		return all(has)
	}
	if asked := m.Protocol; !known && asked != nil && !asked.Not {
		if _, ok := hasHeader(asked.Number); ok {
			return always()
		}
	}
	t.inexpressible("a port of a connection whose protocol the rule does not tell",
		"Add -p tcp or -p udp to the rule; write it once for each of them if both are meant.")
	return never()
}

func ctPorts(p *compile.CtPorts) form {
	if p.Empty() {
		return and(ctExists(), fixed(p.Not))
	}
	left := "ct " + direction(p.Reply) + [...]string{" proto-src", " proto-dst"}[p.Side]
	return spanForm(ctField(left, [...]uint32{ctKeyProtoSrc, ctKeyProtoDst}[p.Side], 2, directionNumber(p.Reply), false), &p.SpanTest)
}

var ctStatusNames = []struct {
	bit  compile.CtStatus
	name string
}{
	{compile.CtExpected, "expected"}, {compile.CtSeenReply, "seen-reply"}, {compile.CtAssured, "assured"}, {compile.CtConfirmed, "confirmed"},
}

func ctStatus(m *compile.Conntrack) form {
	var names []string
	for _, n := range ctStatusNames {
		if m.Status&n.bit != 0 {
			names = append(names, n.name)
		}
	}
	switch {
	case len(names) == 0 && m.NotStatus:
		return ctExists()
	case len(names) == 0: // NONE, which no connection is
		return never()
	}
	is := ctHasStatus(strings.Join(names, ","), uint32(m.Status))
	if m.NotStatus {
		return all(is.opposite())
	}
	return all(is)
}

// maxExpires is the longest rest of life that nft can compare: it counts in
// milliseconds of 32 bits.
const maxExpires = (1<<32 - 1) / 1000

// ctExpires compares whole seconds. The upper bound is written as "less than the
// second after it", because nft lists no parts of a second.
func ctExpires(s *compile.SpanTest) form {
	switch {
	case s == nil:
		return always()
	case s.Empty() || s.Low > maxExpires:
		return and(ctExists(), fixed(s.Not))
	}
	var in []stmt
	if s.Low > 0 {
		in = append(in, before(s.Low).opposite())
	}
	if s.High < maxExpires {
		in = append(in, before(s.High+1))
	}
	if len(in) == 0 {
		return and(ctExists(), fixed(!s.Not))
	}
	if !s.Not {
		return all(in...)
	}
	return opposites(in)
}

func before(second uint32) stmt {
	n := uint64(second) * 1000
	return testOr("ct expiration < "+seconds(second), lessCode(ctExpirationField, bytecode.Lt, n),
		"ct expiration >= "+seconds(second), lessCode(ctExpirationField, bytecode.Ge, n))
}

var (
	ctStateField      = ctField("ct state", ctKeyState, 4, nil, true)
	ctStatusField     = ctField("ct status", ctKeyStatus, 4, nil, true)
	ctDirectionField  = ctField("ct direction", ctKeyDirection, 1, nil, false)
	ctProtocolField   = ctField("ct protocol", ctKeyProtocol, 1, nil, false)
	ctExpirationField = ctField("ct expiration", ctKeyExpiration, 4, nil, true)
)

func directionNumber(reply bool) *uint8 {
	n := uint8(0)
	if reply {
		n = 1
	}
	return &n
}

// ctAddrField is an address of the connection, in its original direction or in reply.
func (t *translator) ctAddrField(a *compile.CtAddress) *field {
	const source4, dest4, source6, dest6 = 19, 20, 21, 22
	key, size := [...]uint32{source4, dest4}[a.Side], 4
	if t.ipv6() {
		key, size = [...]uint32{source6, dest6}[a.Side], 16
	}
	name := "ct " + direction(a.Reply) + " " + t.addrField(a.Side).name
	return ctField(name, key, size, directionNumber(a.Reply), false)
}

// ctHasStatus holds if the connection has any of the bits.
func ctHasStatus(names string, bits uint32) stmt {
	some, none := flagsCode(ctStatusField, bits)
	return testOr("ct status "+names, some, "ct status ! "+names, none)
}

// statusBits are the bits of the status for the states SNAT and DNAT.
func statusBits(s compile.CtState) (bits uint32) {
	const source, dest = 1 << 4, 1 << 5
	if s&compile.CtSNAT != 0 {
		bits |= source
	}
	if s&compile.CtDNAT != 0 {
		bits |= dest
	}
	return bits
}

// flagsCode is the code of "any of these bits" and of "none of these bits".
func flagsCode(f *field, bits uint32) (some, none func(*coder)) {
	is := func(op uint32) func(*coder) {
		return func(c *coder) {
			size := c.load(f)
			c.bitwise(firstRegister, f.order(numberBytes(uint64(bits), size)), make([]byte, size))
			c.cmp(op, make([]byte, size))
		}
	}
	return is(bytecode.Ne), is(bytecode.Eq)
}
