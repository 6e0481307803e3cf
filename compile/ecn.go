package compile

// ECN tests the congestion marks of a packet.
type ECN struct {
	// IP is the codepoint of the IP header, nil if not tested.
	IP *ECNCodepoint
	// Echo and Reduced test the ECE and CWR flags of TCP, nil if not tested.
	Echo, Reduced *Flag
}

// ECNCodepoint is the lower two bits of the IP header's second byte.
type ECNCodepoint struct {
	Value uint8
	Not   bool
}

// Flag tests a bit.
type Flag struct{ Not bool }

// Extension implements Step.
func (*ECN) Extension() string { return "ecn" }

// Kind implements Step.
func (*ECN) Kind() Kind { return Condition }

var ecnMatch = &extension{
	name:    "ecn",
	options: []option{{name: "ecn-tcp-cwr", not: true}, {name: "ecn-tcp-ece", not: true}, {name: "ecn-ip-ect", args: 1, not: true}},
	match: func(c *call) Step {
		m := &ECN{}
		if len(c.given) == 0 {
			c.missing("--ecn-ip-ect N, --ecn-tcp-ece or --ecn-tcp-cwr")
			return nil
		}
		return stepIf(m, c.each(func(g *given) bool { return c.ecnOption(m, g) }))
	},
}

func (c *call) ecnOption(m *ECN, g *given) bool {
	var n uint64
	ok := true
	switch g.name {
	case "ecn-ip-ect":
		n, ok = c.number(g.value(), 0, 3)
		m.IP = &ECNCodepoint{uint8(n), g.not}
	case "ecn-tcp-ece":
		m.Echo, ok = &Flag{g.not}, c.onlyWith(g, protoTCP)
	case "ecn-tcp-cwr":
		m.Reduced, ok = &Flag{g.not}, c.onlyWith(g, protoTCP)
	}
	return ok
}
