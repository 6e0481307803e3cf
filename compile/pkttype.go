package compile

// PacketType is how the link layer addressed a packet.
type PacketType uint8

// The packet types, numbered as the kernel does.
const (
	ToHost PacketType = iota
	ToAll
	ToGroup
	ToOther
)

// PktType tests how the link layer addressed the packet. One that is looped back
// counts as a multicast if its destination is one, as a broadcast otherwise.
type PktType struct {
	Type PacketType
	Not  bool
}

// Extension implements Step.
func (*PktType) Extension() string { return "pkttype" }

// Kind implements Step.
func (*PktType) Kind() Kind { return Condition }

var pkttypeNames = []string{"unicast", "broadcast", "multicast", "otherhost", "host", "bcast", "mcast"}

var pkttypeMatch = &extension{
	name:    "pkttype",
	options: []option{{name: "pkt-type", args: 1, not: true}},
	match: func(c *call) Step {
		g := c.need("pkt-type", "TYPE")
		if g == nil {
			return nil
		}
		i, ok := c.named(g.value(), pkttypeNames)
		return stepIf(&PktType{PacketType(i % 4), g.not}, ok)
	},
}
