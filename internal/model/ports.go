package model

import (
	"slices"

	"github.com/recentc/recentc/compile"
)

func holdsTCP(s *compile.TCP, v *visit) bool {
	return portIn(s.Source, v.SPort) && portIn(s.Dest, v.DPort) && flagsSet(s.Flags, v.Flags)
}

// tcpGap refuses what stands behind the fixed part of the header.
func tcpGap(s compile.Step) string {
	if t, ok := s.(*compile.TCP); ok && t.Option != nil {
		return noOptions
	}
	return ""
}

func holdsUDP(s *compile.UDP, v *visit) bool {
	return portIn(s.Source, v.SPort) && portIn(s.Dest, v.DPort)
}

func holdsSCTP(s *compile.SCTP, v *visit) bool {
	return portIn(s.Source, v.SPort) && portIn(s.Dest, v.DPort)
}

func holdsDCCP(s *compile.DCCP, v *visit) bool {
	return portIn(s.Source, v.SPort) && portIn(s.Dest, v.DPort)
}

func dccpGap(s compile.Step) string {
	if d, ok := s.(*compile.DCCP); ok && d.Types != nil {
		return "a packet has no DCCP header here but its ports"
	}
	return ""
}

// portIn is true where no port is asked for.
func portIn(p *compile.Ports, port uint16) bool {
	return p == nil || covers(p.Span, uint32(port)) != p.Not
}

func flagsSet(f *compile.TCPFlags, flags uint8) bool {
	return f == nil || (flags&f.Mask == f.Set) != f.Not
}

func holdsMultiport(s *compile.Multiport, v *visit) bool {
	found := slices.ContainsFunc(s.Ports, func(span compile.Span) bool {
		return s.Side != compile.DestPort && covers(span, uint32(v.SPort)) ||
			s.Side != compile.SourcePort && covers(span, uint32(v.DPort))
	})
	return found != s.Not
}
