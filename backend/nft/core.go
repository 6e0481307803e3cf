package nft

import (
	"strconv"
	"strings"

	"github.com/recentc/recentc/compile"
)

func (t *translator) address(a *compile.Address) form {
	left := t.prog.Family.String() + [...]string{" saddr", " daddr"}[a.Side]
	bits, ok := a.Prefix()
	switch {
	case ok && bits == 0: // "! -s 0/0"
		return form{}
	case ok && bits == a.Addr.BitLen():
		return all(compare(left, a.Not, a.Addr.String()))
	case ok:
		return all(compare(left, a.Not, a.Addr.String()+"/"+strconv.Itoa(bits)))
	}
	op := map[bool]string{false: " == ", true: " != "}[a.Not]
	return all(test(left + " & " + a.Mask.String() + op + a.Addr.String()))
}

func (t *translator) iface(i *compile.Interface) form {
	left := "iifname"
	if i.Out {
		left = "oifname"
	}
	if i.Wildcard && i.Name == "" {
		if i.Not {
			return form{}
		}
		return all()
	}
	name, ok := quoteName(i.Name)
	if !ok {
		t.inexpressible("the device name \""+i.Name+"\"", "")
		return form{}
	}
	if i.Wildcard {
		name += "*"
	}
	return all(compare(left, i.Not, `"`+name+`"`))
}

// quoteName writes a device's name: nft takes a "*" at the end for a wildcard
// unless a backslash stands in front of it, and has no way to write a quote.
func quoteName(s string) (string, bool) {
	if strings.ContainsAny(s, "\"\\\n") {
		return "", false
	}
	if head, ok := strings.CutSuffix(s, "*"); ok {
		s = head + `\*`
	}
	return s, true
}

func (t *translator) protocol(p *compile.Protocol) form {
	name := protocolText(p.Number)
	s := compare("meta l4proto", p.Not, name)
	if !p.Not {
		s.protocol = p.Number
	}
	return all(s)
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
	op := map[bool]string{false: " != ", true: " == "}[f.Not]
	return all(test("ip frag-off & 0x1fff" + op + "0"))
}

func (t *translator) jump(j *compile.Jump) end {
	c := t.byName[[2]string{t.chain.Table, j.Chain}]
	if c == nil {
		t.inexpressible("the jump to "+j.Chain, "")
		return end{}
	}
	if j.Goto {
		return end{stmts: []stmt{goTo(t.named[c])}, ends: true, leaves: true}
	}
	return end{stmts: []stmt{jumpTo(t.named[c])}}
}
