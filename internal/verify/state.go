package verify

import (
	"github.com/recentc/recentc/compile"
	"github.com/recentc/recentc/internal/lab"
	"github.com/recentc/recentc/internal/modellab"
)

// onlyState tells whether nothing but the state is asked.
func onlyState(c *compile.Conntrack) bool {
	return c.State != 0 && !c.HasStatus && c.Protocol == nil && len(c.Addrs) == 0 && len(c.Ports) == 0 && c.Expires == nil && !c.HasDirection
}

func conntrackHolds(p *lab.Packet, c *compile.Conntrack) answer {
	if !onlyState(c) {
		return unknown
	}
	return truth((c.State&modellab.State(p) != 0) != c.NotState)
}

// makeState changes the flags, which is all that a single packet can do about its state.
func (s *solver) makeState(p *lab.Packet, c *compile.Conntrack, want bool) bool {
	for _, f := range []lab.TCPFlags{lab.SYN, lab.ACK, lab.FIN | lab.ACK, lab.RST, congestionFlag} {
		q := *p
		q.Message = lab.ICMPMessage{}
		if q.Proto != lab.TCP && f != lab.SYN {
			q.Proto = lab.TCP
		}
		q.Flags = f
		if s.holds(&q, c) == truth(want) {
			*p = q
			return true
		}
	}
	return false
}
