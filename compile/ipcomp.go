package compile

// IPComp tests the index of an IPComp header, which has 16 bits.
type IPComp struct{ SPI SpanTest }

// Extension implements Step.
func (*IPComp) Extension() string { return "ipcomp" }

// Kind implements Step.
func (*IPComp) Kind() Kind { return Condition }

const protoIPComp = 108

// ipcompMatch takes --compres, at which the kernel does not look. Without
// --ipcompspi iptables asks for the index 0.
var ipcompMatch = &extension{
	name:      "ipcomp",
	protocols: []uint8{protoIPComp},
	options:   []option{{name: "ipcompspi", args: 1, not: true}, {name: "compres"}},
	match: func(c *call) Step {
		spi := &SpanTest{}
		ok := c.spanOption(&spi, "ipcompspi", 1<<32-1)
		if !ok {
			return nil
		}
		return &IPComp{*spi}
	},
}
