package compile

// UDP tests the ports of a UDP packet. A nil field is not tested.
type UDP struct{ Source, Dest *Ports }

// Extension implements Step.
func (*UDP) Extension() string { return "udp" }

// Kind implements Step.
func (*UDP) Kind() Kind { return Condition }

var udpMatch = &extension{
	name:      "udp",
	protocols: []uint8{protoUDP},
	options:   portOptions(),
	match: func(c *call) Step {
		u := &UDP{}
		return stepIf(u, c.ports(&u.Source, &u.Dest))
	},
}
