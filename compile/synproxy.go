package compile

// SynProxy answers for the server until the client has completed the handshake.
type SynProxy struct {
	MSS              uint16
	WScale           uint8
	HasMSS, HasScale bool
	Timestamp, SACK  bool
}

// Extension implements Target.
func (*SynProxy) Extension() string { return "SYNPROXY" }

// Ends is false: packets that are no part of a handshake go on.
func (*SynProxy) Ends() bool { return false }

func (*SynProxy) hooks() []Hook { return []Hook{Input, Forward} }

var synproxyTarget = &extension{
	name:      "SYNPROXY",
	protocols: []uint8{protoTCP},
	options: []option{
		{name: "sack-perm"}, {name: "timestamp"}, {name: "wscale", args: 1}, {name: "mss", args: 1}, {name: "ecn"},
	},
	target: func(c *call) Target {
		s := &SynProxy{HasMSS: c.has("mss"), HasScale: c.has("wscale"), Timestamp: c.has("timestamp"), SACK: c.has("sack-perm")}
		if !c.atHooks(s.hooks()) || !c.each(func(g *given) bool { return c.synproxyOption(s, g) }) {
			return nil
		}
		return s
	},
}

// maxWScale is the largest window scale of TCP, and what nftables takes.
const maxWScale = 14

func (c *call) synproxyOption(s *SynProxy, g *given) bool {
	switch g.name {
	case "mss":
		n, ok := c.cutNumber(g.value(), 16)
		s.MSS = uint16(n)
		return ok
	case "wscale":
		n, ok := c.cutNumber(g.value(), 8)
		if s.WScale = uint8(n); ok && n > maxWScale {
			c.unsupported(g.at, "a window scale over 14", "TCP knows none: write 14.")
			return false
		}
		return ok
	case "ecn":
		c.unsupported(g.at, "--ecn", "nftables' synproxy does not pass on that a client knows ECN. Remove the option.")
		return false
	}
	return true
}
