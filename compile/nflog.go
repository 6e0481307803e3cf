package compile

// NFLog sends the packet to a listener of a netlink group. The packet goes on.
type NFLog struct {
	Group  uint16
	Prefix string
	// Size is how many bytes of the packet are sent at most, if HasSize.
	Size    uint32
	HasSize bool
	// Threshold is how many packets the kernel sends at once; 0 leaves it to the listener.
	Threshold uint16
}

// Extension implements Target.
func (*NFLog) Extension() string { return "NFLOG" }

// Ends implements Target.
func (*NFLog) Ends() bool { return false }

// maxNFLogPrefix is what iptables keeps of a prefix.
const maxNFLogPrefix = 63

// --nflog-range is taken and has no effect, in iptables as well.
var nflogTarget = &extension{
	name: "NFLOG",
	options: []option{
		{name: "nflog-group", args: 1}, {name: "nflog-range", args: 1}, {name: "nflog-size", args: 1},
		{name: "nflog-threshold", args: 1}, {name: "nflog-prefix", args: 1, text: true},
	},
	target: func(c *call) Target {
		n := &NFLog{HasSize: c.has("nflog-size")}
		ok := c.prefixText("nflog-prefix", maxNFLogPrefix, &n.Prefix)
		for i := range c.given {
			ok = c.nflogOption(n, &c.given[i]) && ok
		}
		if !ok {
			return nil
		}
		return n
	},
}

func (c *call) nflogOption(n *NFLog, g *given) bool {
	var v uint64
	ok := true
	switch g.name {
	case "nflog-group":
		v, ok = c.number(g.value(), 0, 65535)
		n.Group = uint16(v)
	case "nflog-size":
		v, ok = c.number(g.value(), 0, 1<<32-1)
		n.Size = uint32(v)
	case "nflog-threshold":
		v, ok = c.number(g.value(), 0, 65535)
		n.Threshold = uint16(v)
	case "nflog-range":
		_, ok = c.number(g.value(), 0, 1<<32-1)
		if n.HasSize {
			c.conflict(g, "nflog-size")
			return false
		}
	}
	return ok
}
