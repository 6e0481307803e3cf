package compile

// Socket tests that there is a socket for the packet on this host.
type Socket struct {
	// Wildcard takes sockets that listen on all addresses, too.
	Wildcard bool
	// Transparent takes only sockets with the option IP_TRANSPARENT.
	Transparent bool
	// RestoreMark gives the packet the socket's mark.
	RestoreMark bool
}

// Extension implements Step.
func (*Socket) Extension() string { return "socket" }

// Kind implements Step. It is a Meter where it writes the packet's mark.
func (s *Socket) Kind() Kind {
	if s.RestoreMark {
		return Meter
	}
	return Condition
}

var socketMatch = &extension{
	name:    "socket",
	options: []option{{name: "nowildcard"}, {name: "transparent"}, {name: "restore-skmark"}},
	match: func(c *call) Step {
		if c.hookIn(Forward, Output, Postrouting) {
			c.wrongPlace("where packets come in: PREROUTING, INPUT")
			return nil
		}
		return &Socket{Wildcard: c.has("nowildcard"), Transparent: c.has("transparent"), RestoreMark: c.has("restore-skmark")}
	},
}
