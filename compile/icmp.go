package compile

import (
	"strings"

	"github.com/recentc/recentc/ast"
)

// ICMPType is a type of an ICMP or ICMPv6 message, with one code or any.
type ICMPType struct {
	Type, Code uint8
	AnyCode    bool
	// Any stands for all types.
	Any bool
	Not bool
}

// ICMP tests the type of an ICMP message.
type ICMP struct{ ICMPType }

// Extension implements Step.
func (*ICMP) Extension() string { return "icmp" }

// Kind implements Step.
func (*ICMP) Kind() Kind { return Condition }

// icmpName is a name for a type, or for a type with a code; code -1 is any.
type icmpName struct {
	name string
	kind uint8
	code int
}

var icmpNames = []icmpName{
	{"any", 255, -1}, {"echo-reply", 0, -1}, {"pong", 0, -1}, {"destination-unreachable", 3, -1},
	{"network-unreachable", 3, 0}, {"host-unreachable", 3, 1}, {"protocol-unreachable", 3, 2}, {"port-unreachable", 3, 3},
	{"fragmentation-needed", 3, 4}, {"source-route-failed", 3, 5}, {"network-unknown", 3, 6}, {"host-unknown", 3, 7},
	{"network-prohibited", 3, 9}, {"host-prohibited", 3, 10}, {"TOS-network-unreachable", 3, 11},
	{"TOS-host-unreachable", 3, 12}, {"communication-prohibited", 3, 13}, {"host-precedence-violation", 3, 14},
	{"precedence-cutoff", 3, 15}, {"source-quench", 4, -1}, {"redirect", 5, -1}, {"network-redirect", 5, 0},
	{"host-redirect", 5, 1}, {"TOS-network-redirect", 5, 2}, {"TOS-host-redirect", 5, 3}, {"echo-request", 8, -1},
	{"ping", 8, -1}, {"router-advertisement", 9, -1}, {"router-solicitation", 10, -1}, {"time-exceeded", 11, -1},
	{"ttl-exceeded", 11, -1}, {"ttl-zero-during-transit", 11, 0}, {"ttl-zero-during-reassembly", 11, 1},
	{"parameter-problem", 12, -1}, {"ip-header-bad", 12, 0}, {"required-option-missing", 12, 1},
	{"timestamp-request", 13, -1}, {"timestamp-reply", 14, -1}, {"address-mask-request", 17, -1}, {"address-mask-reply", 18, -1},
}

var icmpMatch = &extension{
	name:      "icmp",
	family:    ast.IPv4,
	protocols: []uint8{protoICMP},
	options:   []option{{name: "icmp-type", args: 1, not: true}},
	match: func(c *call) Step {
		g := c.need("icmp-type", "TYPE")
		if g == nil {
			return nil
		}
		m, ok := c.icmpType(g, icmpNames)
		m.Any = m.Type == 255 // the kernel takes this type for "any", whatever the code
		return stepIf(&ICMP{m}, ok)
	},
}

// icmpType reads a type's name, or what begins only one name, or numbers.
func (c *call) icmpType(g *given, names []icmpName) (ICMPType, bool) {
	w := g.value()
	var found []icmpName
	for _, n := range names {
		if len(n.name) >= len(w.Text) && strings.EqualFold(n.name[:len(w.Text)], w.Text) {
			found = append(found, n)
		}
	}
	switch len(found) {
	case 0:
		return c.icmpNumbers(g)
	case 1:
		return ICMPType{Type: found[0].kind, Code: uint8(max(0, found[0].code)), AnyCode: found[0].code < 0, Not: g.not}, true
	}
	c.bad(w, "%q is the beginning of %s and %s", w.Text, found[0].name, found[1].name)
	return ICMPType{}, false
}

func (c *call) icmpNumbers(g *given) (ICMPType, bool) {
	kind, code, hasCode := strings.Cut(g.value().Text, "/")
	k, ok := parseUint(kind, 255)
	var n uint64
	if hasCode && ok {
		n, ok = parseUint(code, 255)
	}
	if !ok {
		c.bad(g.value(), "%q is not a type of message: a name, or a number with or without \"/\" and a code", g.value().Text)
	}
	return ICMPType{Type: uint8(k), Code: uint8(n), AnyCode: !hasCode, Not: g.not}, ok
}
