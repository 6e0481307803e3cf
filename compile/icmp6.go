package compile

import "github.com/recentc/recentc/ast"

// ICMP6 tests the type of an ICMPv6 message. Its Any is never set.
type ICMP6 struct{ ICMPType }

// Extension implements Step.
func (*ICMP6) Extension() string { return "icmp6" }

// Kind implements Step.
func (*ICMP6) Kind() Kind { return Condition }

var icmp6Names = []icmpName{
	{"destination-unreachable", 1, -1}, {"no-route", 1, 0}, {"communication-prohibited", 1, 1}, {"beyond-scope", 1, 2},
	{"address-unreachable", 1, 3}, {"port-unreachable", 1, 4}, {"failed-policy", 1, 5}, {"reject-route", 1, 6},
	{"packet-too-big", 2, -1}, {"time-exceeded", 3, -1}, {"ttl-exceeded", 3, -1}, {"ttl-zero-during-transit", 3, 0},
	{"ttl-zero-during-reassembly", 3, 1}, {"parameter-problem", 4, -1}, {"bad-header", 4, 0}, {"unknown-header-type", 4, 1},
	{"unknown-option", 4, 2}, {"echo-request", 128, -1}, {"ping", 128, -1}, {"echo-reply", 129, -1}, {"pong", 129, -1},
	{"router-solicitation", 133, -1}, {"router-advertisement", 134, -1}, {"neighbour-solicitation", 135, -1},
	{"neighbor-solicitation", 135, -1}, {"neighbour-advertisement", 136, -1}, {"neighbor-advertisement", 136, -1}, {"redirect", 137, -1},
}

var icmp6Match = &extension{
	name:      "icmp6",
	family:    ast.IPv6,
	protocols: []uint8{protoICMPv6},
	options:   []option{{name: "icmpv6-type", args: 1, not: true}},
	match: func(c *call) Step {
		g := c.need("icmpv6-type", "TYPE")
		if g == nil {
			return nil
		}
		m, ok := c.icmpType(g, icmp6Names)
		return stepIf(&ICMP6{m}, ok)
	},
}
