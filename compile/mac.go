package compile

import "strings"

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

// parseMAC reads six numbers of at most two bytes as strtoul reads them; one that is
// missing is 0.
func parseMAC(s string) (addr [6]byte, ok bool) {
	for i := range addr {
		n := scanNumber(s, 16)
		used := len(s) - len(n.rest)
		if used > 2 || (i < 5) != strings.HasPrefix(n.rest, ":") || i == 5 && n.rest != "" {
			return addr, false
		}
		addr[i] = byte(n.wrapped())
		s = strings.TrimPrefix(n.rest, ":")
	}
	return addr, true
}
