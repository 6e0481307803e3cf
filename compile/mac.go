package compile

import (
	"strconv"
	"strings"
)

// MAC tests the source address of the Ethernet frame that a packet came in. It
// is false for a packet that did not come in over Ethernet, negated or not.
type MAC struct {
	Addr [6]byte
	Not  bool
}

// Extension implements Step.
func (*MAC) Extension() string { return "mac" }

// Kind implements Step.
func (*MAC) Kind() Kind { return Condition }

var macMatch = &extension{
	name:    "mac",
	options: []option{{name: "mac-source", args: 1, not: true}},
	match: func(c *call) Step {
		g := c.need("mac-source", "XX:XX:XX:XX:XX:XX")
		if g == nil {
			return nil
		}
		if c.hookIn(Output, Postrouting) {
			c.wrongPlace("where packets come in: PREROUTING, INPUT, FORWARD")
			return nil
		}
		addr, ok := parseMAC(g.value().Text)
		if !ok {
			c.bad(g.value(), "%q is not an Ethernet address: six bytes in hexadecimal with colons between them", g.value().Text)
		}
		return stepIf(&MAC{addr, g.not}, ok)
	},
}

func parseMAC(s string) (addr [6]byte, ok bool) {
	parts := strings.Split(s, ":")
	if len(parts) != len(addr) {
		return addr, false
	}
	for i, p := range parts {
		n, err := strconv.ParseUint(p, 16, 8)
		if err != nil || len(p) > 2 {
			return addr, false
		}
		addr[i] = byte(n)
	}
	return addr, true
}
