package lab

import (
	"fmt"
	"net/netip"
	"strings"
)

// A Protocol is the number of an IP protocol. Protocols other than TCP, UDP and ICMP are sent as
// bare payload behind the IP header. 253 is the lab's own and rejected.
type Protocol uint8

// The protocols that a Packet knows the header of. ICMP is an echo request unless Packet.Message says
// otherwise; to an IPv6 destination it is sent as ICMPv6.
const (
	ICMP Protocol = 1
	TCP  Protocol = 6
	UDP  Protocol = 17

	icmpv6 Protocol = 58

	// fenceProtocol is set aside for experiments (RFC 3692): no rule file speaks of it.
	fenceProtocol Protocol = 253
)

// String gives tcp, udp, icmp or the number.
func (p Protocol) String() string {
	switch p {
	case TCP:
		return "tcp"
	case UDP:
		return "udp"
	case ICMP:
		return "icmp"
	}
	return fmt.Sprintf("proto %d", uint8(p))
}

// TCPFlags are the flag bits of a TCP header.
type TCPFlags uint8

// The flags of a TCP header.
const (
	FIN TCPFlags = 1 << iota
	SYN
	RST
	PSH
	ACK
	URG
	ECE
	CWR
)

var flagNames = []string{"FIN", "SYN", "RST", "PSH", "ACK", "URG", "ECE", "CWR"}

// String gives the names of the set flags as in SYN,ACK.
func (f TCPFlags) String() string {
	var set []string
	for i, name := range flagNames {
		if f&(1<<i) != 0 {
			set = append(set, name)
		}
	}
	return strings.Join(set, ",")
}

// An ICMPMessage is the type and code of an ICMP or ICMPv6 packet, if Set. What would follow the header,
// such as the packet that an error is about, is missing: connection tracking finds such a message invalid.
type ICMPMessage struct {
	Type, Code uint8
	Set        bool
}

// The types of echo messages, in both families.
const (
	echoRequest, echoReply   = 8, 0
	echoRequest6, echoReply6 = 128, 129
)

// A Packet describes a packet to send. Zero fields have useful defaults; checksums and lengths are
// always right. Packets are comparable.
type Packet struct {
	// Src and Dst are of one family. The zero Src is the lab's peer, the zero Dst the address
	// behind the hook, both of the family of the other and of IPv4 when both are zero. Any unicast
	// address will do: the lab makes a Dst local (Input) or routes it out (Forward, Output).
	Src, Dst netip.Addr

	Proto        Protocol // zero: UDP
	SPort, DPort uint16   // TCP and UDP; zero: 40000 and 7. SPort is the identifier of an echo request
	TTL          uint8    // TTL or hop limit as sent; zero: 64
	Flags        TCPFlags // TCP; zero: SYN

	// Message is what an ICMP packet is; zero: an echo request.
	Message ICMPMessage

	// HopByHop is the length in bytes of a hop-by-hop options header, a multiple of eight up to 256; zero: none.
	// IPv6 alone.
	HopByHop uint16

	// Fragment makes it the first fragment of a packet, of that identification; the others never come.
	// IPv6 alone.
	Fragment uint32

	// In is the interface it arrives on, one of Config.In; empty: the first. Unused for Output.
	In string

	// Payload follows the eight bytes in which the lab numbers its packets.
	Payload string
}

// String describes the packet in the order of an iptables rule; defaults are left out.
func (p Packet) String() string {
	p = p.withDefaults(Input)
	s := fmt.Sprintf("%v %v > %v", p.Proto, p.Src, p.Dst)
	if p.Proto == TCP || p.Proto == UDP {
		s = fmt.Sprintf("%v %v > %v", p.Proto, netip.AddrPortFrom(p.Src, p.SPort), netip.AddrPortFrom(p.Dst, p.DPort))
	}
	if p.Proto == TCP {
		s += " " + p.Flags.String()
	}
	if p.Proto == ICMP && p.Message.Set {
		s += fmt.Sprintf(" type %d code %d", p.Message.Type, p.Message.Code)
	}
	if p.HopByHop > 0 {
		s += fmt.Sprintf(" hop-by-hop header of %d bytes", p.HopByHop)
	}
	if p.Fragment > 0 {
		s += fmt.Sprintf(" first fragment of %d", p.Fragment)
	}
	if p.TTL != defaultTTL {
		s += fmt.Sprintf(" ttl %d", p.TTL)
	}
	if p.In != "" {
		s += " in " + p.In
	}
	return s
}

const (
	defaultTTL   = 64
	defaultSPort = 40000
	defaultDPort = 7 // echo: nobody's rule is about it by chance
)

func (p Packet) withDefaults(h Hook) Packet {
	v6 := p.Src.Is6() || p.Dst.Is6()
	p.Src = orDefault(p.Src, h.src(v6))
	p.Dst = orDefault(p.Dst, h.dst(v6))
	p.Proto = orDefault(p.Proto, UDP)
	p.SPort = orDefault(p.SPort, defaultSPort)
	p.DPort = orDefault(p.DPort, defaultDPort)
	p.TTL = orDefault(p.TTL, defaultTTL)
	p.Flags = orDefault(p.Flags, SYN)
	return p
}

func orDefault[T comparable](v, otherwise T) T {
	var zero T
	if v == zero {
		return otherwise
	}
	return v
}

// check refuses what cannot be sent. The packet has its defaults.
func (p Packet) check() error {
	switch {
	case p.Src.Is4() != p.Dst.Is4():
		return fmt.Errorf("%v: source and destination are of different families", p)
	case p.Src.Is4In6() || p.Dst.Is4In6() || p.Src.Zone() != "" || p.Dst.Zone() != "":
		return fmt.Errorf("%v: mapped addresses and zones are not supported", p)
	case p.Proto == ICMP && p.Message.Set && isEchoReply(p.Message.Type, p.Dst.Is6()):
		return fmt.Errorf("%v: an echo reply cannot be told from an answer to one of the packets", p)
	case p.Dst.Is4() && (p.HopByHop > 0 || p.Fragment > 0):
		return fmt.Errorf("%v: extension headers are of IPv6", p)
	case p.HopByHop%8 != 0 || p.HopByHop > 256:
		return fmt.Errorf("%v: a hop-by-hop header is a multiple of 8 bytes, at most 256", p)
	case p.Proto == fenceProtocol:
		return fmt.Errorf("%v: the lab needs this protocol for itself", p)
	case len(p.Payload) > maxPayload:
		return fmt.Errorf("%v: payload of %d bytes, at most %d", p, len(p.Payload), maxPayload)
	}
	return nil
}

func isEchoReply(kind uint8, v6 bool) bool {
	return !v6 && kind == echoReply || v6 && kind == echoReply6
}

// maxPayload keeps every packet within an Ethernet frame.
const maxPayload = 1400
