// Package modellab sends the traces of package lab to the machines of package model: what a packet of a
// trace is once the kernel of a candidate sees it, and what the model then says of it.
//
// It stands behind both of them. verify uses it where the kernel has no xt_recent, and tests to choose
// rule sets that a trace tells something about.
package modellab

import (
	"cmp"

	"github.com/recentc/recentc/compile"
	"github.com/recentc/recentc/internal/lab"
	"github.com/recentc/recentc/internal/model"
)

// The types of echo requests, and the protocol of messages of IPv6.
const (
	echoRequest, echoRequest6 = 8, 128
	protocolICMP6             = 58
)

// Packet is the packet as the kernel sees it on the lab's devices, as the first of its connection. It must
// have its defaults, as in a lab.Result.
func Packet(cfg lab.Config, p *lab.Packet) model.Packet {
	m := Message(p)
	out := model.Packet{
		Src: p.Src, Dst: p.Dst, Protocol: Protocol(p), SPort: p.SPort, DPort: p.DPort, Flags: uint8(p.Flags),
		Type: m.Type, Code: m.Code, TTL: p.TTL, Length: Length(p), State: State(p),
	}
	cfg = cfg.WithDefaults()
	if cfg.Hook != lab.Output {
		out.In = cmp.Or(p.In, cfg.In[0])
	}
	if cfg.Hook != lab.Input {
		out.Out = cfg.Out
	}
	return out
}

// Protocol is the number in the packet's header.
func Protocol(p *lab.Packet) uint8 {
	if p.Proto == lab.ICMP && p.Dst.Is6() {
		return protocolICMP6
	}
	return uint8(p.Proto)
}

// Message is the type and code of an ICMP packet, which is an echo request if it does not say.
func Message(p *lab.Packet) lab.ICMPMessage {
	switch {
	case p.Message.Set:
		return p.Message
	case p.Dst.Is6():
		return lab.ICMPMessage{Type: echoRequest6, Set: true}
	}
	return lab.ICMPMessage{Type: echoRequest, Set: true}
}

// Length is that of the whole IP packet, with the eight bytes in which the lab numbers it.
func Length(p *lab.Packet) uint16 {
	n := 20 + 8 + len(p.Payload)
	if p.Dst.Is6() {
		n += 20
	}
	switch p.Proto {
	case lab.TCP:
		n += 20
	case lab.UDP, lab.ICMP:
		n += 8
	}
	return uint16(n)
}

// State is what connection tracking calls a packet that is the first of its connection: a TCP packet
// opens one with SYN, or in the middle with ACK.
func State(p *lab.Packet) compile.CtState {
	switch p.Proto {
	case lab.ICMP:
		return messageState(p)
	case lab.TCP:
	default:
		return compile.CtNew
	}
	switch p.Flags & (lab.SYN | lab.ACK | lab.RST | lab.FIN) {
	case lab.SYN, lab.ACK:
		return compile.CtNew
	}
	return compile.CtInvalid
}

// messageState: requests open a connection, neighbour and multicast discovery are not tracked, and the
// rest is about connections that there are not.
func messageState(p *lab.Packet) compile.CtState {
	m := Message(p)
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
