package compile

import "github.com/recentc/recentc/ast"

// SetECN sets the bits of explicit congestion notification. The packet goes on.
type SetECN struct {
	// IP is the value of the two bits in the IP header, if HasIP.
	IP    uint8
	HasIP bool
	// TCP changes the flags of the TCP header: CWR is 0x80, ECE 0x40.
	TCP Change
}

// Extension implements Target.
func (*SetECN) Extension() string { return "ECN" }

// Ends implements Target.
func (*SetECN) Ends() bool { return false }

const (
	flagECE = 0x40
	flagCWR = 0x80
)

var ecnTarget = &extension{
	name:   "ECN",
	family: ast.IPv4,
	options: []option{
		{name: "ecn-tcp-remove"}, {name: "ecn-tcp-cwr", args: 1}, {name: "ecn-tcp-ece", args: 1}, {name: "ecn-ip-ect", args: 1},
	},
	target: func(c *call) Target {
		e := &SetECN{}
		if len(c.given) == 0 {
			c.missing("--ecn-tcp-remove, --ecn-tcp-cwr, --ecn-tcp-ece or --ecn-ip-ect")
			return nil
		}
		if !c.forTable("mangle") || !c.each(func(g *given) bool { return c.setECNOption(e, g) }) {
			return nil
		}
		return e
	},
}

func (c *call) setECNOption(e *SetECN, g *given) bool {
	switch g.name {
	case "ecn-ip-ect":
		n, ok := c.number(g.value(), 0, 3)
		e.IP, e.HasIP = uint8(n), true
		return ok
	case "ecn-tcp-remove":
		e.TCP.Clear |= flagECE | flagCWR
	case "ecn-tcp-cwr":
		return c.setECNFlag(e, g, flagCWR)
	case "ecn-tcp-ece":
		return c.setECNFlag(e, g, flagECE)
	}
	return c.onlyWith(g, protoTCP)
}

func (c *call) setECNFlag(e *SetECN, g *given, bit uint32) bool {
	if c.has("ecn-tcp-remove") {
		c.conflict(g, "ecn-tcp-remove")
		return false
	}
	n, ok := c.number(g.value(), 0, 1)
	e.TCP.Clear |= bit
	e.TCP.Toggle |= bit * uint32(n)
	return ok && c.onlyWith(g, protoTCP)
}
