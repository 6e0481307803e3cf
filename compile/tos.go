package compile

import "strings"

// TOS tests the IP header's second byte, the traffic class in IPv6.
type TOS struct {
	Value, Mask uint8
	Not         bool
}

// Extension implements Step.
func (*TOS) Extension() string { return "tos" }

// Kind implements Step.
func (*TOS) Kind() Kind { return Condition }

// symbolMask is what a symbolic name looks at.
const symbolMask = 0x3f

var tosSymbols = map[string]uint8{
	"minimize-delay": 0x10, "maximize-throughput": 0x08, "maximize-reliability": 0x04, "minimize-cost": 0x02, "normal-service": 0,
}

var tosMatch = &extension{
	name:    "tos",
	options: []option{{name: "tos", args: 1, not: true}},
	match: func(c *call) Step {
		g := c.need("tos", "VALUE")
		if g == nil {
			return nil
		}
		if n, ok := tosSymbols[strings.ToLower(g.value().Text)]; ok {
			return &TOS{n, symbolMask, g.not}
		}
		value, mask, masked := strings.Cut(g.value().Text, "/")
		if !masked {
			mask = "255"
		}
		v, ok1 := parseUint(value, 255)
		m, ok2 := parseUint(mask, 255)
		if !ok1 || !ok2 {
			c.bad(g.value(), "%q is not a byte, a byte and a mask, or one of %s", g.value().Text, strings.Join(sortedKeys(tosSymbols), ", "))
		}
		return stepIf(&TOS{uint8(v), uint8(m), g.not}, ok1 && ok2)
	},
}
