package compile

import (
	"strings"

	"github.com/recentc/recentc/ast"
)

// CtState is a set of connection tracking states. Each packet has one of the
// first five; SNAT and DNAT come in addition.
type CtState uint8

// The states.
const (
	CtInvalid CtState = 1 << iota
	CtNew
	CtEstablished
	CtRelated
	CtUntracked
	CtSNAT
	CtDNAT
)

// CtStatus is a set of a connection's marks.
type CtStatus uint8

// The marks of a connection.
const (
	CtExpected CtStatus = 1 << iota
	CtSeenReply
	CtAssured
	CtConfirmed
)

// CtAddress tests an address of a connection, as its first packet had it, or as
// packets of the other direction have it.
type CtAddress struct {
	Reply bool
	Side  Side
	Net   Net
	Not   bool
}

// CtPorts tests a port of a connection.
type CtPorts struct {
	Reply bool
	Side  Side
	SpanTest
}

// Conntrack tests the packet's connection; -m state is a part of it. A packet
// without connection (invalid or untracked) matches if a state is asked for and
// it has it, whatever else is asked, and does not match otherwise.
type Conntrack struct {
	// State is 0 if not tested.
	State    CtState
	NotState bool
	// HasStatus tells that Status is tested: true if any of its bits is set.
	HasStatus bool
	Status    CtStatus
	NotStatus bool
	// Protocol is nil if not tested. No connection has the number 0.
	Protocol *Protocol
	Addrs    []CtAddress
	Ports    []CtPorts
	// Expires is the rest of the connection's life in whole seconds.
	Expires *SpanTest
	// HasDirection tells that the packet must be of the reply direction if
	// Reply, of the original one if not.
	HasDirection, Reply bool
}

// Extension implements Step.
func (*Conntrack) Extension() string { return "conntrack" }

// Kind implements Step.
func (*Conntrack) Kind() Kind { return Condition }

var (
	ctStateNames  = []string{"INVALID", "NEW", "ESTABLISHED", "RELATED", "UNTRACKED", "SNAT", "DNAT"}
	ctStatusNames = []string{"EXPECTED", "SEEN_REPLY", "ASSURED", "CONFIRMED", "NONE"}
)

var conntrackMatch = &extension{
	name:    "conntrack",
	options: conntrackOptions(),
	match: func(c *call) Step {
		if len(c.given) == 0 {
			c.missing("an option that says what to test, such as --ctstate NEW")
			return nil
		}
		m := &Conntrack{}
		return stepIf(m, c.each(func(g *given) bool { return c.conntrackOption(m, g) }))
	},
}

func conntrackOptions() []option {
	var opts []option
	for _, name := range strings.Fields("ctstate ctproto ctorigsrc ctorigdst ctreplsrc ctrepldst ctorigsrcport ctorigdstport " +
		"ctreplsrcport ctrepldstport ctstatus ctexpire") {
		opts = append(opts, option{name: name, args: 1, not: true})
	}
	return append(opts, option{name: "ctdir", args: 1})
}

func (c *call) conntrackOption(m *Conntrack, g *given) (ok bool) {
	switch {
	case g.name == "ctstate":
		m.NotState = g.not
		m.State, ok = c.ctStates(g.value(), ctStateNames)
	case g.name == "ctproto":
		m.Protocol, ok = c.ctProtocol(g)
	case g.name == "ctstatus":
		m.HasStatus, m.NotStatus = true, g.not
		m.Status, ok = c.ctStatus(g.value())
	case g.name == "ctexpire":
		m.Expires, ok = c.spanTest(g, 1<<32-1)
	case g.name == "ctdir":
		var i int
		i, ok = c.named(g.value(), []string{"ORIGINAL", "REPLY"})
		m.HasDirection, m.Reply = true, i == 1
	case strings.HasSuffix(g.name, "port"):
		ok = c.ctPorts(m, g)
	default:
		ok = c.ctAddress(m, g)
	}
	return ok
}

func (c *call) ctStates(w ast.Word, names []string) (CtState, bool) {
	var s CtState
	for _, name := range split(w, ',') {
		i, ok := c.abbreviated(name, names)
		if !ok {
			return 0, false
		}
		s |= 1 << i
	}
	return s, true
}

func (c *call) ctStatus(w ast.Word) (CtStatus, bool) {
	var s CtStatus
	for _, name := range split(w, ',') {
		i, ok := c.abbreviated(name, ctStatusNames)
		if !ok {
			return 0, false
		}
		s |= 1 << i & (CtExpected | CtSeenReply | CtAssured | CtConfirmed)
	}
	return s, true
}

func (c *call) ctProtocol(g *given) (*Protocol, bool) {
	n, ok := exactProtocol(g.value().Text)
	if !ok {
		c.bad(g.value(), "%q is not a protocol", g.value().Text)
		return nil, false
	}
	return &Protocol{Number: n, Not: g.not, at: g.at}, true
}

func (c *call) ctAddress(m *Conntrack, g *given) bool {
	n, ok := c.resolvedNet(g.value())
	a := CtAddress{Reply: ctReply(g.name), Net: n, Not: g.not}
	if strings.HasSuffix(g.name, "dst") {
		a.Side = DestSide
	}
	m.Addrs = append(m.Addrs, a)
	return ok
}

func (c *call) ctPorts(m *Conntrack, g *given) bool {
	s, ok := c.portSpan(g.value(), c.lookedUpPort)
	p := CtPorts{Reply: ctReply(g.name), SpanTest: SpanTest{s, g.not}}
	if strings.HasSuffix(g.name, "dstport") {
		p.Side = DestSide
	}
	m.Ports = append(m.Ports, p)
	if ok {
		c.checkSpan(g.value(), &p.SpanTest)
	}
	return ok
}

func ctReply(option string) bool { return strings.HasPrefix(option, "ctrepl") }
