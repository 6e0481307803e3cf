package verify

import (
	"github.com/recentc/recentc/compile"
	"github.com/recentc/recentc/internal/lab"
)

// The types of ICMP and ICMPv6 messages that are treated in a way of their own.
const (
	echoReply, echoReply6     = 0, 129
	echoRequest, echoRequest6 = 8, 128
	unreachable, unreachable6 = 3, 1
)

// message is the type and code of an ICMP packet.
func message(p *lab.Packet) lab.ICMPMessage {
	switch {
	case p.Message.Set:
		return p.Message
	case p.Dst.Is6():
		return lab.ICMPMessage{Type: echoRequest6, Set: true}
	}
	return lab.ICMPMessage{Type: echoRequest, Set: true}
}

func icmpHolds(p *lab.Packet, c *compile.ICMPType) answer {
	m := message(p)
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

// icmpState is what connection tracking calls the first message: requests open a connection, neighbour and
// multicast discovery are not tracked, and the rest is about connections that there are not.
func icmpState(p *lab.Packet) compile.CtState {
	m := message(p)
	if p.Dst.Is6() {
		switch {
		case m.Type == echoRequest6 || m.Type == 139:
			return compile.CtNew
		case m.Type >= 130 && m.Type <= 136 || m.Type == 143:
			return compile.CtUntracked
		}
		return compile.CtInvalid
	}
	switch m.Type {
	case echoRequest, 13, 15, 17:
		return compile.CtNew
	}
	return compile.CtInvalid
}
