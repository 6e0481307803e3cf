package compile

import (
	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/internal/diag"
)

// PortSide says which port of a packet is meant.
type PortSide uint8

// The sides of Multiport.
const (
	SourcePort PortSide = iota
	DestPort
	EitherPort
)

// Multiport tests that a port of the packet is in a list.
type Multiport struct {
	// Protocol is the rule's, one that has ports.
	Protocol uint8
	Side     PortSide
	Ports    []Span
	Not      bool
}

// Extension implements Step.
func (*Multiport) Extension() string { return "multiport" }

// Kind implements Step.
func (*Multiport) Kind() Kind { return Condition }

// maxMultiports is XT_MULTI_PORTS; a range counts twice.
const maxMultiports = 15

var multiportSides = map[string]PortSide{"source-ports": SourcePort, "destination-ports": DestPort, "ports": EitherPort}

var multiportMatch = &extension{
	name:      "multiport",
	protocols: []uint8{protoTCP, protoUDP, protoUDPLite, protoSCTP, protoDCCP},
	options: []option{
		{name: "source-ports", args: 1, not: true}, {name: "sports", args: 1, not: true, same: "source-ports"},
		{name: "destination-ports", args: 1, not: true}, {name: "dports", args: 1, not: true, same: "destination-ports"},
		{name: "ports", args: 1, not: true},
	},
	match: func(c *call) Step {
		if len(c.given) == 0 {
			c.missing("--dports, --sports or --ports")
			return nil
		}
		if len(c.given) > 1 {
			c.conflict(&c.given[1], c.given[0].name)
			return nil
		}
		g := &c.given[0]
		if !g.behindProtocol {
			c.report(diag.NeedsProtocol, g.at, "--"+g.name+" needs its -p in front of it",
				"iptables reads a rule from left to right and refuses the ports of a protocol that it does not know yet.", "Move -p to the front of the rule.")
			return nil
		}
		m := &Multiport{Protocol: c.core.protocol.Number, Side: multiportSides[g.name], Not: g.not}
		return stepIf(m, c.multiports(m, g.value()))
	},
}

func (c *call) multiports(m *Multiport, w ast.Word) bool {
	slots, ok := 0, true
	for _, p := range split(w, ',') {
		s, good := c.multiport(p)
		ok = ok && good
		m.Ports = append(m.Ports, s)
		slots++
		if len(split(p, ':')) > 1 {
			slots++
		}
	}
	if ok && slots > maxMultiports {
		c.report(diag.BadValue, w.Range, "too many ports: at most 15 are possible, and a range counts twice",
			"iptables refuses the rule.", "Write a second rule for the others.")
		return false
	}
	return ok
}

// multiport reads one port or one range, of which both ends must be there.
func (c *call) multiport(w ast.Word) (Span, bool) {
	parts := split(w, ':')
	if len(parts) > 2 {
		c.bad(w, "%q is not a port or a range of ports", w.Text)
		return Span{}, false
	}
	read := c.port(c.portName())
	low, ok1 := read(parts[0])
	high, ok2 := read(parts[len(parts)-1])
	if !ok1 || !ok2 {
		return Span{}, false
	}
	switch {
	case low > high:
		c.bad(w, "the range %s ends before it begins", w.Text)
		return Span{}, false
	case low == high && len(parts) > 1: // which -m tcp takes
		c.bad(w, "the range %s has only one port: write %s", w.Text, parts[0].Text)
		return Span{}, false
	}
	return Span{low, high}, true
}

// portName is the protocol of the rule, by which iptables looks for services.
func (c *call) portName() string { return protocolName(c.core.protocol.Number, c.family) }
