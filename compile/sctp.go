package compile

// SCTP tests the ports of an SCTP packet. A nil field is not tested.
type SCTP struct{ Source, Dest *Ports }

// Extension implements Step.
func (*SCTP) Extension() string { return "sctp" }

// Kind implements Step.
func (*SCTP) Kind() Kind { return Condition }

var sctpMatch = &extension{
	name:      "sctp",
	protocols: []uint8{protoSCTP},
	options:   append(portOptions(), option{name: "chunk-types", args: 2, not: true}),
	match: func(c *call) Step {
		if g := c.get("chunk-types"); g != nil {
			c.unsupported(g.at, "--chunk-types", "nftables looks into the chunks of SCTP from Linux 5.14 on, and cannot tell that there are no others.")
			return nil
		}
		m := &SCTP{}
		return stepIf(m, c.ports(&m.Source, &m.Dest))
	},
}
