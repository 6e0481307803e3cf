package compile

// ESP tests the SPI of an IPsec payload header. A nil field is not tested.
type ESP struct{ SPI *SpanTest }

// Extension implements Step.
func (*ESP) Extension() string { return "esp" }

// Kind implements Step.
func (*ESP) Kind() Kind { return Condition }

var espMatch = &extension{
	name:      "esp",
	protocols: []uint8{protoESP},
	options:   []option{{name: "espspi", args: 1, not: true}},
	match: func(c *call) Step {
		m := &ESP{}
		return stepIf(m, c.spanOption(&m.SPI, "espspi", 1<<32-1))
	},
}
