package compile

// Ports tests a port of the packet.
type Ports struct {
	Span
	Not bool
}

// TCP tests fields of the TCP header. A nil field is not tested.
type TCP struct {
	Source, Dest *Ports
	Flags        *TCPFlags
	Option       *TCPOption
}

// TCPFlags is true if of the flags in Mask exactly those in Set are set. Bits
// are those of the TCP header: FIN 1, SYN 2, RST 4, PSH 8, ACK 16, URG 32.
type TCPFlags struct {
	Mask, Set uint8
	Not       bool
}

// TCPOption is true if the header has an option of the kind.
type TCPOption struct {
	Kind uint8
	Not  bool
}

// Extension implements Step.
func (*TCP) Extension() string { return "tcp" }

// Kind implements Step.
func (*TCP) Kind() Kind { return Condition }

var tcpMatch = &extension{
	name:      "tcp",
	protocols: []uint8{protoTCP},
	options: append(portOptions(),
		option{name: "tcp-flags", args: 2, not: true}, option{name: "syn", not: true},
		option{name: "tcp-option", args: 1, not: true}),
	match: func(c *call) Step {
		t := &TCP{}
		ok := c.ports(&t.Source, &t.Dest)
		for i := range c.given {
			ok = c.tcpOption(t, &c.given[i]) && ok
		}
		if !ok {
			return nil
		}
		return t
	},
}

// portOptions are the options of all protocols with ports.
func portOptions() []option {
	return []option{
		{name: "source-port", args: 1, not: true}, {name: "sport", args: 1, not: true, same: "source-port"},
		{name: "destination-port", args: 1, not: true}, {name: "dport", args: 1, not: true, same: "destination-port"},
	}
}

// ports reads --sport and --dport.
func (c *call) ports(source, dest **Ports) bool {
	return c.onePort("source-port", source) && c.onePort("destination-port", dest)
}

// onePort reads one of them. tcp and sctp have a reader of their own in iptables.
func (c *call) onePort(name string, into **Ports) bool {
	g := c.get(name)
	if g == nil {
		return true
	}
	var span Span
	ok := false
	switch c.ext.name {
	case "tcp", "sctp":
		span, ok = c.strictSpan(g.value(), c.port(c.ext.name))
	default:
		if span, ok = c.portSpan(g.value(), c.lookedUpPort); ok {
			c.checkSpan(g.value(), &SpanTest{span, g.not})
		}
	}
	*into = &Ports{span, g.not}
	return ok
}

func (c *call) tcpOption(t *TCP, g *given) bool {
	switch g.name {
	case "tcp-flags":
		if t.Flags != nil {
			c.conflict(g, "syn")
			return false
		}
		return c.tcpFlags(t, g)
	case "syn":
		if t.Flags != nil {
			c.conflict(g, "tcp-flags")
			return false
		}
		t.Flags = &TCPFlags{Mask: 0x17, Set: 0x02, Not: g.not}
	case "tcp-option":
		n, ok := c.number(g.value(), 1, 255)
		t.Option = &TCPOption{Kind: uint8(n), Not: g.not}
		return ok
	}
	return true
}

var tcpFlagBits = map[string]uint32{
	"FIN": 1, "SYN": 2, "RST": 4, "PSH": 8, "ACK": 16, "URG": 32, "ALL": 0x3f, "NONE": 0,
}

func (c *call) tcpFlags(t *TCP, g *given) bool {
	mask, ok1 := c.flagNames(g.values[0], tcpFlagBits)
	set, ok2 := c.flagNames(g.values[1], tcpFlagBits)
	t.Flags = &TCPFlags{Mask: uint8(mask), Set: uint8(set), Not: g.not}
	return ok1 && ok2
}
