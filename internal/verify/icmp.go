package verify

import (
	"github.com/recentc/recentc/compile"
	"github.com/recentc/recentc/internal/lab"
	"github.com/recentc/recentc/internal/modellab"
)

// The types of ICMP and ICMPv6 messages that are treated in a way of their own.
const (
	echoReply, echoReply6     = 0, 129
	unreachable, unreachable6 = 3, 1
)

func icmpHolds(p *lab.Packet, c *compile.ICMPType) answer {
	m := modellab.Message(p)
	ok := c.Any || c.Type == m.Type && (c.AnyCode || c.Code == m.Code)
	return truth(p.Proto == lab.ICMP && ok != c.Not)
}

// makeICMP changes the message. Echo replies are not sent: the lab could not tell them from answers.
func (s *solver) makeICMP(p *lab.Packet, c *compile.ICMPType, want bool) bool {
	usual := []lab.ICMPMessage{{}, {Type: unreachable, Code: 1, Set: true}}
	reply := uint8(echoReply)
	if p.Dst.Is6() {
		usual[1].Type, reply = unreachable6, echoReply6
	}
	for _, m := range append([]lab.ICMPMessage{{Type: c.Type, Code: c.Code, Set: true}}, usual...) {
		if m.Set && m.Type == reply {
			continue
		}
		q := *p
		if q.Message = m; icmpHolds(&q, c) == truth(want) {
			*p = q
			return true
		}
	}
	return false
}
