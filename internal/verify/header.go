package verify

import (
	"slices"
	"strings"

	"github.com/recentc/recentc/compile"
	"github.com/recentc/recentc/internal/lab"
	"github.com/recentc/recentc/internal/modellab"
)

const (
	protoICMP6 = 58
	// labProtocol is the one that the lab needs for itself.
	labProtocol = 253
	// congestionFlag (CWR) is beside the six flags that rules speak of; it stands for "none of them", which a
	// lab.Packet cannot say with 0.
	congestionFlag lab.TCPFlags = 0x80
	sixFlags       lab.TCPFlags = 0x3f
)

func setProtocol(p *lab.Packet, number uint8) {
	p.Proto = lab.Protocol(number)
	if number == protoICMP6 && p.Dst.Is6() {
		p.Proto = lab.ICMP
	}
}

// bare are protocols that the kernel looks into before any rule and that the lab has no header for:
// extension headers of IPv6.
var bare = []uint8{0, 43, 44, 51, 59, 60, labProtocol}

func (s *solver) makeProtocol(p *lab.Packet, c *compile.Protocol, want bool) bool {
	if want != c.Not {
		if slices.Contains(bare, c.Number) || c.Number == 1 && p.Dst.Is6() || c.Number == protoICMP6 && p.Dst.Is4() {
			return false
		}
		setProtocol(p, c.Number)
		return true
	}
	for _, other := range []lab.Protocol{lab.TCP, lab.UDP, lab.ICMP} {
		if p.Proto = other; modellab.Protocol(p) != c.Number {
			return true
		}
	}
	return false
}

func within(spans []compile.Span, n uint32) bool {
	return slices.ContainsFunc(spans, func(s compile.Span) bool { return s.Low <= n && n <= s.High })
}

func portHolds(c *compile.Ports, port uint16) bool {
	return c == nil || within([]compile.Span{c.Span}, uint32(port)) != c.Not
}

// portIn draws a port that is in one of the spans or, with want false, in none.
func (s *solver) portIn(port *uint16, spans []compile.Span, want bool) bool {
	for range 40 {
		n := 1 + s.rng.Uint32N(65535)
		switch span := spans[s.rng.IntN(len(spans))]; {
		case want && span.Low <= span.High:
			n = span.Low + s.rng.Uint32N(span.High-span.Low+1)
		case !want && s.rng.IntN(2) == 0:
			n = (span.High + 1) & 0xffff // the first behind it
		}
		if n != 0 && within(spans, n) == want {
			*port = uint16(n)
			return true
		}
	}
	return false
}

// makePorts makes both tests hold, or the first of them fail.
func (s *solver) makePorts(p *lab.Packet, source, dest *compile.Ports, want bool) bool {
	done := want
	for _, t := range []struct {
		test *compile.Ports
		port *uint16
	}{{source, &p.SPort}, {dest, &p.DPort}} {
		if t.test == nil {
			continue
		}
		ok := s.portIn(t.port, []compile.Span{t.test.Span}, want != t.test.Not)
		if !want || !ok {
			return ok
		}
	}
	return done
}

func tcpHolds(p *lab.Packet, c *compile.TCP) answer {
	ok := p.Proto == lab.TCP && portHolds(c.Source, p.SPort) && portHolds(c.Dest, p.DPort) && flagsHold(c.Flags, p.Flags)
	return truth(ok && (c.Option == nil || c.Option.Not))
}

func flagsHold(c *compile.TCPFlags, f lab.TCPFlags) bool {
	return c == nil || (uint8(f)&c.Mask == c.Set) != c.Not
}

func (s *solver) makeTCP(p *lab.Packet, c *compile.TCP, want bool) bool {
	if !want {
		if c.Flags != nil && s.rng.IntN(2) == 0 || c.Source == nil && c.Dest == nil {
			return s.makeFlags(p, c.Flags, false)
		}
		return s.makePorts(p, c.Source, c.Dest, false)
	}
	return s.makePorts(p, c.Source, c.Dest, true) && s.makeFlags(p, c.Flags, true) && (c.Option == nil || c.Option.Not)
}

// usualFlags are those of real packets, and of scans.
var usualFlags = []lab.TCPFlags{lab.SYN, lab.ACK, lab.PSH | lab.ACK, lab.FIN | lab.ACK, lab.SYN | lab.ACK, lab.RST, lab.FIN, congestionFlag}

func (s *solver) makeFlags(p *lab.Packet, c *compile.TCPFlags, want bool) bool {
	if flagsHold(c, p.Flags) == want {
		return true
	}
	if c == nil {
		return false
	}
	tries := append([]lab.TCPFlags{lab.TCPFlags(c.Set)}, usualFlags...)
	for _, f := range tries {
		if f&sixFlags == 0 {
			f |= congestionFlag
		}
		if flagsHold(c, f) == want {
			p.Flags = f
			return true
		}
	}
	return false
}

func udpHolds(p *lab.Packet, c *compile.UDP) answer {
	return truth(p.Proto == lab.UDP && portHolds(c.Source, p.SPort) && portHolds(c.Dest, p.DPort))
}

func multiportHolds(p *lab.Packet, c *compile.Multiport) answer {
	if c.Protocol != uint8(lab.TCP) && c.Protocol != uint8(lab.UDP) {
		return unknown
	}
	src, dst := within(c.Ports, uint32(p.SPort)), within(c.Ports, uint32(p.DPort))
	in := map[compile.PortSide]bool{compile.SourcePort: src, compile.DestPort: dst, compile.EitherPort: src || dst}[c.Side]
	return truth(modellab.Protocol(p) == c.Protocol && in != c.Not)
}

func (s *solver) makeMultiport(p *lab.Packet, c *compile.Multiport, want bool) bool {
	in := want != c.Not
	if c.Side == compile.SourcePort || c.Side == compile.EitherPort && !in {
		if !s.portIn(&p.SPort, c.Ports, in) {
			return false
		}
	}
	return c.Side == compile.SourcePort || s.portIn(&p.DPort, c.Ports, in)
}

// seenTTL is what rules of the hook find in the packet: the kernel has counted it down before FORWARD.
func (s *site) seenTTL(p *lab.Packet) uint32 {
	if s.hook == lab.Forward {
		return uint32(p.TTL) - 1
	}
	return uint32(p.TTL)
}

func (s *solver) makeTTL(p *lab.Packet, c *compile.TTL, want bool) bool {
	for range 60 {
		p.TTL = uint8(2 + s.rng.UintN(254))
		if s.rng.IntN(2) == 0 && c.Low >= 1 && c.Low < 255 {
			p.TTL = uint8(c.Low)
			if s.site.hook == lab.Forward {
				p.TTL++
			}
		}
		if p.TTL > 1 && s.holds(p, c) == truth(want) {
			return true
		}
	}
	return false
}

func (s *solver) makeLength(p *lab.Packet, c *compile.Length, want bool) bool {
	for range 40 {
		p.Payload = ""
		room := int(c.Low) - int(modellab.Length(p))
		if s.rng.IntN(2) == 0 {
			room = s.rng.IntN(1000)
		}
		p.Payload = strings.Repeat("x", min(max(room, 0), 1400))
		if s.holds(p, c) == truth(want) {
			return true
		}
	}
	return false
}
