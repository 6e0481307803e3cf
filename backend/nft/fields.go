package nft

import (
	"strconv"

	"github.com/recentc/recentc/compile"
	"github.com/recentc/recentc/internal/bytecode"
)

// The fields that statements look at, made once.
var (
	addrFields = map[bool]*[2]field{
		false: {*headerField("ip saddr", bytecode.NetworkHeader, 12, 4, 0), *headerField("ip daddr", bytecode.NetworkHeader, 16, 4, 0)},
		true:  {*headerField("ip6 saddr", bytecode.NetworkHeader, 8, 16, 0), *headerField("ip6 daddr", bytecode.NetworkHeader, 24, 16, 0)},
	}
	iifname, oifname = metaField("iifname", metaIifname, 16, false), metaField("oifname", metaOifname, 16, false)
	iif, oif         = metaField("iif", metaIif, 4, true), metaField("oif", metaOif, 4, true)
	l4proto          = metaField("meta l4proto", metaL4proto, 1, false)
	metaMarkField    = metaField(packetMark, metaMark, 4, true)
	ctMarkField      = ctField(connMark, ctKeyMark, 4, nil, true)
	portFields       = portsOf()
	anyPorts         = [2]*field{headerField("th sport", bytecode.TransportHeader, 0, 2, 0), headerField("th dport", bytecode.TransportHeader, 2, 2, 0)}
	etherFields      = [2]*field{etherField("ether saddr", 6), etherField("ether daddr", 0)}
)

// portNames are nft's words for the protocols that have ports.
var portNames = map[uint8]string{protoTCP: "tcp", protoUDP: "udp", protoUDPLite: "udplite", protoSCTP: "sctp", protoDCCP: "dccp"}

func portsOf() map[uint8]*[2]field {
	out := map[uint8]*[2]field{}
	for number, name := range portNames {
		out[number] = &[2]field{
			*headerField(name+" sport", bytecode.TransportHeader, 0, 2, number),
			*headerField(name+" dport", bytecode.TransportHeader, 2, 2, number),
		}
	}
	return out
}

// portField is a port of a protocol that has them.
func portField(protocol uint8, dest int) *field { return &portFields[protocol][dest] }

// isPort tells whether a field is a port.
func (f *field) isPort() bool {
	return len(f.from) == 1 && f.from[0].Name == "payload" && f.from[0].Number(2) == uint64(bytecode.TransportHeader) &&
		f.from[0].size == 2 && f.from[0].Number(3) < 4 && portNames[f.protocol] != ""
}

// addrField is the packet's address on a side.
func (t *translator) addrField(side compile.Side) *field { return &addrFields[t.ipv6()][side] }

// etherField is an address of the Ethernet header; nft asks for the device's type first.
func etherField(name string, offset uint32) *field {
	const ether = 1
	f := headerField(name, bytecode.LinkHeader, offset, 6, 0)
	c := coder{}
	c.expr("meta", bytecode.N(2, metaIiftype), bytecode.N(1, firstRegister))
	two := field{host: true}
	c.cmp(bytecode.Eq, two.order([]byte{0, ether}))
	f.first = c.out
	return f
}

// ctField is a field of the packet's connection; direction is nil where it has none.
func ctField(name string, key uint32, size int, direction *uint8, host bool) *field {
	attrs := []bytecode.Attr{bytecode.N(2, key)}
	if direction != nil {
		attrs = append(attrs, bytecode.N8(3, *direction))
	}
	return &field{name: name, from: []part{{bytecode.Expr{Name: "ct", Attrs: attrs}, 1, size, nil, 0}}, host: host}
}

// masked is a field under a mask: a number's bits, or an address's.
func (f *field) masked(text string, mask []byte) *field {
	out := *f
	out.name = f.name + " & " + text
	out.from = []part{f.from[0]}
	out.from[0].mask = f.order(mask)
	return &out
}

// concat is a concatenation of fields.
func concat(fields ...*field) *field {
	out := &field{}
	for i, f := range fields {
		if i > 0 {
			out.name += " . "
		}
		out.name += f.name
		out.first = append(out.first, f.first...)
		out.from = append(out.from, f.from...)
		if f.protocol != 0 {
			out.protocol = f.protocol
		}
		out.host = out.host || f.host
	}
	return out
}

// taggedField is an address with a number behind it: nft 1.0.6 knows no other constant
// there than a counter that always gives the same.
func taggedField(address *field, tag int) *field {
	return &field{name: address.name + " . numgen inc mod 1 offset " + strconv.Itoa(tag), tagged: address, tag: tag}
}

func constantPart(tag int) part {
	return part{bytecode.Expr{Name: "numgen", Attrs: []bytecode.Attr{bytecode.N(2, 1), bytecode.N(3, 0), bytecode.N(4, uint32(tag))}}, 1, 4, nil, 0}
}

// existsField says whether something is there: a header of IPv6 or an option of TCP.
func existsField(name string, attrs []bytecode.Attr, protocol uint8) *field {
	return &field{name: name, protocol: protocol, bare: true, from: []part{{bytecode.Expr{Name: "exthdr", Attrs: attrs}, 1, 1, nil, 0}}}
}

// exthdrField is a field of a header of IPv6, or of an option of TCP.
func exthdrField(name string, kind uint8, offset, size int, tcp bool, mask []byte) *field {
	f := &field{name: name, from: []part{{bytecode.Expr{Name: "exthdr", Attrs: exthdrAttrs(kind, offset, size, 0, tcp)}, 1, size, mask, 0}}}
	if tcp {
		f.protocol, f.bare = protoTCP, true
	}
	return f
}

// exthdrAttrs are the attributes of an exthdr expression without its register.
func exthdrAttrs(kind uint8, offset, size int, flags uint32, tcp bool) []bytecode.Attr {
	op := uint32(0)
	if tcp {
		op = 1
	}
	return []bytecode.Attr{bytecode.N8(2, kind), bytecode.N(3, uint32(offset)), bytecode.N(4, uint32(size)), bytecode.N(5, flags), bytecode.N(6, op)}
}

// present is the flag of exthdr that asks whether it is there.
const present = 1

// fibField is what the routing tables say of an address.
func fibField(name string, result, flags uint32, size int) *field {
	return &field{name: name, host: true, from: []part{{bytecode.Expr{Name: "fib", Attrs: []bytecode.Attr{bytecode.N(2, result), bytecode.N(3, flags)}}, 1, size, nil, 0}}}
}

func verdictCode(code int32, chain string) func(*coder) {
	return func(c *coder) {
		attrs := []bytecode.Attr{bytecode.N(1, uint32(code))}
		if chain != "" {
			attrs = append(attrs, bytecode.Text(2, chain))
		}
		c.expr("immediate", bytecode.N(1, 0), bytecode.Nested(2, bytecode.Nested(2, attrs...)))
	}
}

// expression is the code of a statement that is one expression.
func expression(name string, attrs ...bytecode.Attr) func(*coder) {
	return func(c *coder) { c.expr(name, attrs...) }
}

// immediate puts a constant into a register.
func (c *coder) immediate(register uint32, data []byte) {
	c.expr("immediate", bytecode.N(1, register), bytecode.Value(2, data))
}

// The verdicts, and a counter that begins at 0.
var (
	counts  = act("counter", expression("counter"))
	accepts = decide("accept", verdictCode(1, ""))
	drops   = decide("drop", verdictCode(0, ""))
	returns = decide("return", verdictCode(-5, ""))
)
