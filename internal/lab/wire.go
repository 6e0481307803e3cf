package lab

import (
	"encoding/binary"
	"net/netip"
)

// tagMagic stands in front of the sequence number in every payload.
const tagMagic = 0x72634c62

const tagLen = 8

var be = binary.BigEndian

// encode writes the IP packet that p describes; p has its defaults. seq comes back from decode.
func (p Packet) encode(seq uint32) []byte {
	payload := be.AppendUint32(be.AppendUint32(nil, tagMagic), seq)
	payload = append(payload, p.Payload...)
	if p.Dst.Is4() {
		return p.header4(p.transport(p.Proto, payload))
	}
	proto := p.Proto
	if proto == ICMP {
		proto = icmpv6
	}
	return p.header6(proto, p.transport(proto, payload))
}

// transport puts the header of the protocol, if it is one with a header, before the payload.
func (p Packet) transport(proto Protocol, payload []byte) []byte {
	switch proto {
	case TCP:
		return p.tcp(payload)
	case UDP:
		return p.udp(payload)
	case ICMP:
		return p.icmp(echoRequest, payload, 0)
	case icmpv6:
		return p.icmp(echoRequest6, payload, p.pseudoSum(icmpv6, 8+len(payload)))
	}
	return payload
}

func (p Packet) tcp(payload []byte) []byte {
	b := be.AppendUint16(nil, p.SPort)
	b = be.AppendUint16(b, p.DPort)
	b = append(b, 0, 0, 0, 1, 0, 0, 0, 0)          // sequence, acknowledgement
	b = append(b, 5<<4, byte(p.Flags), 0x72, 0x10) // header length, flags, window
	b = append(append(b, 0, 0, 0, 0), payload...)  // checksum, urgent pointer
	sum := checksum(b, p.pseudoSum(TCP, len(b)))
	be.PutUint16(b[16:], sum)
	return b
}

func (p Packet) udp(payload []byte) []byte {
	n := 8 + len(payload)
	b := be.AppendUint16(nil, p.SPort)
	b = be.AppendUint16(b, p.DPort)
	b = be.AppendUint16(b, uint16(n))
	b = append(append(b, 0, 0), payload...)
	// A checksum of zero means none.
	be.PutUint16(b[6:], orDefault(checksum(b, p.pseudoSum(UDP, n)), 0xffff))
	return b
}

// icmp has the identifier and the sequence number of an echo request in every message.
func (p Packet) icmp(kind byte, payload []byte, pseudo uint32) []byte {
	code := byte(0)
	if p.Message.Set {
		kind, code = p.Message.Type, p.Message.Code
	}
	b := be.AppendUint16([]byte{kind, code, 0, 0}, p.SPort)
	b = append(append(b, 0, 1), payload...)
	be.PutUint16(b[2:], checksum(b, pseudo))
	return b
}

func (p Packet) header4(body []byte) []byte {
	b := be.AppendUint16([]byte{4<<4 | 5, 0}, uint16(20+len(body)))
	b = append(b, 0, 0, 0, 0) // identification, fragment
	b = append(b, p.TTL, byte(p.Proto), 0, 0)
	b = append(append(b, p.Src.AsSlice()...), p.Dst.AsSlice()...)
	be.PutUint16(b[10:], checksum(b, 0))
	return append(b, body...)
}

func (p Packet) header6(proto Protocol, body []byte) []byte {
	next, body := p.extend(byte(proto), body)
	b := be.AppendUint16([]byte{6 << 4, 0, 0, 0}, uint16(len(body)))
	b = append(b, next, p.TTL)
	b = append(append(b, p.Src.AsSlice()...), p.Dst.AsSlice()...)
	return append(b, body...)
}

// The extension headers of IPv6 that encode writes, and the option in a hop-by-hop header: one for
// experiments (RFC 4727) that a host which does not know it skips. Linux drops longer padding.
const (
	hopByHop, fragment = 0, 44
	skippedOption      = 0x1e
)

// extend puts the extension headers before the body, whose protocol is next.
func (p Packet) extend(next byte, body []byte) (first byte, extended []byte) {
	if p.Fragment > 0 {
		const more = 1 // at offset 0
		b := be.AppendUint32([]byte{next, 0, 0, more}, p.Fragment)
		next, body = fragment, append(b, body...)
	}
	if n := int(p.HopByHop); n > 0 {
		b := make([]byte, n, n+len(body))
		b[0], b[1], b[2], b[3] = next, byte(n/8-1), skippedOption, byte(n-4)
		next, body = hopByHop, append(b, body...)
	}
	return next, body
}

// skipExtensions takes off what extend wrote.
func skipExtensions(next byte, body []byte) (Protocol, []byte, bool) {
	for next == hopByHop || next == fragment {
		n := 8
		if len(body) > 1 && next == hopByHop {
			n += 8 * int(body[1])
		}
		if len(body) < n {
			return 0, nil, false
		}
		next, body = body[0], body[n:]
	}
	return Protocol(next), body, true
}

// pseudoSum is the unfolded sum of the pseudo header that the transport checksums cover.
func (p Packet) pseudoSum(proto Protocol, n int) uint32 {
	return addressSum(p.Src) + addressSum(p.Dst) + uint32(proto) + uint32(n)
}

func addressSum(a netip.Addr) uint32 { return sum16(a.AsSlice()) }

func sum16(b []byte) (sum uint32) {
	for ; len(b) > 1; b = b[2:] {
		sum += uint32(be.Uint16(b))
	}
	if len(b) == 1 {
		sum += uint32(b[0]) << 8
	}
	return sum
}

// checksum is the Internet checksum (RFC 1071) of b, on top of an unfolded sum.
func checksum(b []byte, sum uint32) uint16 {
	sum += sum16(b)
	for sum > 0xffff {
		sum = sum>>16 + sum&0xffff
	}
	return ^uint16(sum)
}

// decode finds the sequence number in an IP packet that encode wrote. Anything else is not ok, in
// particular an error or a reply that quotes one: a rejected packet must not look accepted.
func decode(b []byte) (proto Protocol, seq uint32, ok bool) {
	proto, body, ok := splitIP(b)
	if !ok {
		return 0, 0, false
	}
	n, ok := transportLen(proto, body)
	if !ok || len(body) < n+tagLen || be.Uint32(body[n:]) != tagMagic {
		return 0, 0, false
	}
	return proto, be.Uint32(body[n+4:]), true
}

// splitIP takes the IP header off, with options and the extension headers that encode writes.
func splitIP(b []byte) (proto Protocol, body []byte, ok bool) {
	switch {
	case len(b) >= 20 && b[0]>>4 == 4 && len(b) >= int(b[0]&15)*4:
		return Protocol(b[9]), b[int(b[0]&15)*4:], true
	case len(b) >= 40 && b[0]>>4 == 6:
		return skipExtensions(b[6], b[40:])
	}
	return 0, nil, false
}

// transportLen is the length of the header behind the IP header; ICMP must not be an echo reply.
func transportLen(proto Protocol, body []byte) (n int, ok bool) {
	switch proto {
	case TCP:
		if len(body) < 20 {
			return 0, false
		}
		return int(body[12]>>4) * 4, true
	case UDP:
		return 8, true
	case ICMP:
		return 8, len(body) > 0 && !isEchoReply(body[0], false)
	case icmpv6:
		return 8, len(body) > 0 && !isEchoReply(body[0], true)
	}
	return 0, true
}
