package model

import (
	"fmt"
	"net/netip"

	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/compile"
)

// A Packet is a whole IP packet, not a fragment, without IP options or extension headers. Fields
// mean what they say; none has a default. The addresses are the same at all hooks: a packet whose
// addresses an earlier NAT rule changes, or a reply to one, has no form here.
type Packet struct {
	// Src and Dst are of one family, which is the packet's.
	Src, Dst netip.Addr
	// Protocol is the number of the protocol in the IP packet.
	Protocol uint8
	// SPort and DPort are the ports, for the protocols that have some.
	SPort, DPort uint16
	// Flags are the bits of the TCP header: FIN 1, SYN 2, RST 4, PSH 8, ACK 16, URG 32, ECE 64,
	// CWR 128.
	Flags uint8
	// Type and Code are those of an ICMP or ICMPv6 message.
	Type, Code uint8
	// TTL is the TTL or hop limit at the first hook. At FORWARD it is one less.
	TTL uint8
	// TOS is the second byte of the IP header, in IPv6 the traffic class.
	TOS uint8
	// Length is that of the whole IP packet in bytes; 0 is not known.
	Length uint16
	// In and Out are the names of the devices that the packet comes in by and goes out by.
	In, Out string
	// State is the state of the packet's connection once it is tracked: one of the first five, and
	// CtSNAT and CtDNAT in addition. 0 is not known.
	State compile.CtState
	// Opens tells that the packet is the first of its connection: the only one that the nat table
	// sees. A second packet may still be of state NEW. It opens none where the kernel does not track
	// connections, because no rule of the packet's family asks for one or changes its addresses.
	Opens bool
	// Mark is the mark with which it begins.
	Mark uint32
}

// mainStates are the states of which a packet has exactly one.
const mainStates = compile.CtInvalid | compile.CtNew | compile.CtEstablished | compile.CtRelated | compile.CtUntracked

func familyOf(a netip.Addr) ast.Family {
	if a.Is4() {
		return ast.IPv4
	}
	return ast.IPv6
}

// check refuses what cannot be a packet.
func (p *Packet) check() error {
	main := p.State & mainStates
	switch {
	case !p.Src.IsValid() || !p.Dst.IsValid() || p.Src.Is4() != p.Dst.Is4():
		return fmt.Errorf("model: source %v and destination %v are not of one family", p.Src, p.Dst)
	case p.Src.Zone() != "" || p.Dst.Zone() != "":
		return fmt.Errorf("model: source %v or destination %v has a zone", p.Src, p.Dst)
	case p.State != 0 && (main == 0 || main&(main-1) != 0):
		return fmt.Errorf("model: state %#x is not one of the connection states", p.State)
	case p.Opens && p.State&(compile.CtInvalid|compile.CtUntracked|compile.CtEstablished) != 0:
		return fmt.Errorf("model: a packet of state %#x does not open a connection", p.State)
	}
	return nil
}

// needs is what the rules ask of every packet.
type needs struct{ length, state bool }

var lengthOf, stateOf = needs{length: true}, needs{state: true}

func (n *needs) add(o needs) {
	n.length = n.length || o.length
	n.state = n.state || o.state
}

// missing names what a packet does not tell.
func (n needs) missing(p *Packet) error {
	switch {
	case n.length && p.Length == 0:
		return fmt.Errorf("model: rules ask for the length of the packet, which is not given")
	case n.state && p.State == 0:
		return fmt.Errorf("model: rules ask for the state of the packet's connection, which is not given")
	}
	return nil
}
