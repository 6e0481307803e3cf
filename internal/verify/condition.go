package verify

import (
	"slices"
	"strings"

	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/compile"
	"github.com/recentc/recentc/internal/lab"
	"github.com/recentc/recentc/internal/modellab"
	"github.com/recentc/recentc/ipset"
)

// An answer tells whether a condition holds for a packet: what depends on lists, meters or things that this
// package has no notion of is unknown.
type answer uint8

const (
	no answer = iota
	yes
	unknown
)

func truth(b bool) answer {
	if b {
		return yes
	}
	return no
}

// A site is where the packets of one lab are decided: its hook, its devices, and one family's rules.
type site struct {
	hook   lab.Hook
	family ast.Family
	ins    []string
	out    string
	prog   *compile.Program
	// lookups are the sets that have been asked for.
	lookups map[*ipset.Set]*ipset.Lookup
}

// holds answers one step for a packet, whatever was sent before it.
func (s *site) holds(p *lab.Packet, step compile.Step) answer {
	switch c := step.(type) {
	case *compile.Address:
		return addressHolds(p, c)
	case *compile.Interface:
		return s.interfaceHolds(p, c)
	case *compile.Protocol:
		return truth((modellab.Protocol(p) == c.Number) != c.Not)
	case *compile.Fragment:
		return truth(c.Not)
	case *compile.TCP:
		return tcpHolds(p, c)
	case *compile.UDP:
		return udpHolds(p, c)
	case *compile.Multiport:
		return multiportHolds(p, c)
	case *compile.ICMP:
		return icmpHolds(p, &c.ICMPType)
	case *compile.ICMP6:
		return icmpHolds(p, &c.ICMPType)
	}
	return s.holdsToo(p, step)
}

// holdsToo goes on with the matches beside the headers.
func (s *site) holdsToo(p *lab.Packet, step compile.Step) answer {
	switch c := step.(type) {
	case *compile.Conntrack:
		return conntrackHolds(p, c)
	case *compile.TTL:
		return truth(within([]compile.Span{c.Span}, s.seenTTL(p)) != c.SpanTest.Not)
	case *compile.Length:
		return truth(within([]compile.Span{c.Span}, uint32(modellab.Length(p))) != c.Not)
	case *compile.IPRange:
		return ipRangeHolds(p, c)
	case *compile.InSet:
		return s.setHolds(p, c)
	case *compile.Never:
		return no
	case *compile.Record:
		if !c.IfListed {
			return yes
		}
	case *compile.Comment:
		return yes
	}
	return unknown
}

func (s *site) interfaceHolds(p *lab.Packet, c *compile.Interface) answer {
	name := s.out
	if !c.Out {
		name = s.in(p)
	}
	same := name == c.Name || c.Wildcard && strings.HasPrefix(name, c.Name)
	if name == "" {
		return unknown
	}
	return truth(same != c.Not)
}

// in is the device that a packet comes in by, none if it is made here.
func (s *site) in(p *lab.Packet) string {
	switch {
	case s.hook == lab.Output:
		return ""
	case p.In != "":
		return p.In
	}
	return s.ins[0]
}

// change alters the packet until the step is as wanted, and tells whether it could.
func (s *solver) change(p *lab.Packet, step compile.Step, want bool) bool {
	switch c := step.(type) {
	case *compile.Address:
		return s.makeAddress(p, c, want)
	case *compile.Interface:
		return s.makeInterface(p, c, want)
	case *compile.Protocol:
		return s.makeProtocol(p, c, want)
	case *compile.TCP:
		return s.makeTCP(p, c, want)
	case *compile.UDP:
		return s.makePorts(p, c.Source, c.Dest, want)
	case *compile.Multiport:
		return s.makeMultiport(p, c, want)
	case *compile.ICMP:
		return s.makeICMP(p, &c.ICMPType, want)
	case *compile.ICMP6:
		return s.makeICMP(p, &c.ICMPType, want)
	case *compile.Conntrack:
		return s.makeState(p, c, want)
	case *compile.TTL:
		return s.makeTTL(p, c, want)
	case *compile.Length:
		return s.makeLength(p, c, want)
	case *compile.IPRange:
		return s.makeIPRange(p, c, want)
	case *compile.InSet:
		return s.makeSet(p, c, want)
	}
	return false
}

func (s *solver) makeInterface(p *lab.Packet, c *compile.Interface, want bool) bool {
	if c.Out || s.site.hook == lab.Output {
		return false
	}
	at := slices.IndexFunc(s.site.ins, func(name string) bool {
		return s.site.interfaceHolds(&lab.Packet{In: name}, c) == truth(want)
	})
	if at < 0 {
		return false
	}
	p.In = s.site.ins[at]
	return true
}
