package compile

// Length tests the length of the IP packet with its headers, in bytes.
type Length struct{ SpanTest }

// Extension implements Step.
func (*Length) Extension() string { return "length" }

// Kind implements Step.
func (*Length) Kind() Kind { return Condition }

var lengthMatch = &extension{
	name:    "length",
	options: []option{{name: "length", args: 1, not: true}},
	match: func(c *call) Step {
		g := c.need("length", "LENGTH[:LENGTH]")
		if g == nil {
			return nil
		}
		s, ok := c.spanTest(g, 65535)
		if !ok {
			return nil
		}
		return &Length{*s}
	},
}
