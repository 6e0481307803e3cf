package nft

import (
	"strconv"
	"strings"

	"github.com/recentc/recentc/compile"
	"github.com/recentc/recentc/internal/bytecode"
	"github.com/recentc/recentc/internal/display"
)

// address tests an address. "Not in 0/0" is kept as a test that no packet passes.
func (t *translator) address(a *compile.Address) form {
	if a.Any() {
		t.never()
	}
	return t.all(netStmt(t.addrField(a.Side), a.Net, a.Not))
}

func (t *translator) iface(i *compile.Interface) form {
	left := iifname
	if i.Out {
		left = oifname
	}
	if i.Wildcard && i.Name == "" {
		return t.anyInterface(left, i.Not)
	}
	name, ok := quoteName(i.Name)
	v := textValue(name, i.Name)
	if i.Wildcard {
		v = value{text: `"` + i.Name + `*"`, kind: prefix, more: &detail{name: i.Name}}
	}
	if !ok {
		t.inexpressible("the device name \""+i.Name+"\"", "")
	}
	return t.all(compare(left, i.Not, v))
}

// anyInterface is "-i +", which holds, or its opposite, which is kept as a test
// for a name that no device can have.
func (t *translator) anyInterface(left *field, not bool) form {
	if !not {
		return t.all()
	}
	t.never()
	return t.all(compare(left, false, textValue("INVAL/D", "INVAL/D")))
}

// quoteName writes a device's name: nft takes a "*" at the end for a wildcard
// unless a backslash stands in front of it, and has no way to write a quote. Control
// characters would have to stand in the script as they are.
func quoteName(s string) (string, bool) {
	if strings.ContainsAny(s, "\"\\") || !display.Visible(s) {
		return "", false
	}
	if head, ok := strings.CutSuffix(s, "*"); ok {
		s = head + `\*`
	}
	return s, true
}

// protocol tests the protocol that IP carries. ip6tables looks for it behind an AH
// header too, so that it is AH itself for no packet; nftables stops there.
func (t *translator) protocol(p *compile.Protocol) form {
	if t.ipv6() && p.Number == protoAH {
		return fixed(p.Not)
	}
	s := compare(l4proto, p.Not, protocolValue(p.Number))
	if !p.Not {
		s.protocol = p.Number
	}
	return t.all(s)
}

// protocolText is the name that nft prints for a protocol, or its number.
func protocolText(n uint8) string {
	if s, ok := protocolNames[n]; ok {
		return s
	}
	return strconv.Itoa(int(n))
}

var protocolNames = map[uint8]string{
	1: "icmp", 6: "tcp", 17: "udp", 33: "dccp", 50: "esp", 51: "ah", 58: "ipv6-icmp",
	108: "comp", 132: "sctp", 136: "udplite",
}

func (t *translator) fragment(f *compile.Fragment) form {
	return t.all(laterFragment(!f.Not))
}

func (t *translator) jump(j *compile.Jump) end {
	c := t.byName[[2]string{t.chain.Table, j.Chain}]
	if c == nil {
		t.inexpressible("the jump to "+j.Chain, "")
		return end{}
	}
	if j.Goto && t.chain.Hook != compile.NoHook {
		return t.gotoFromHook(t.named[c])
	}
	if j.Goto {
		return end{stmts: []stmt{goTo(t.named[c])}, ends: true, leaves: true}
	}
	return end{stmts: []stmt{jumpTo(t.named[c])}}
}

// protocolValue is a protocol as nft prints it.
func protocolValue(n uint8) value { return named(protocolText(n), uint64(n)) }

// protocolTest tests the L4 protocol, and says so to the statement in front of which it is.
func protocolTest(n uint8) stmt {
	s := compare(l4proto, false, protocolValue(n))
	s.protocol = n
	return s
}

var fragOffset = headerField("ip frag-off", bytecode.NetworkHeader, 6, 2, 0)

// laterFragment tests that a packet of IPv4 is a fragment behind the first, or is none.
func laterFragment(yes bool) stmt {
	return under(fragOffset.masked("0x1fff", []byte{0x1f, 0xff}), yes, numberValue(0))
}
