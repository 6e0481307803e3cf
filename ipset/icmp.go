package ipset

import "strings"

const (
	icmp   = 1
	icmpv6 = 58
)

// icmpNumber reads TYPE/CODE, or a name that ipset prints for it.
func icmpNumber(s string, names map[string]uint16) (uint16, bool) {
	if n, ok := names[strings.ToLower(s)]; ok {
		return n, true
	}
	t, c, has := strings.Cut(s, "/")
	kind, ok := parseNumber(t, 255)
	code, okCode := parseNumber(c, 255)
	return uint16(kind<<8 | code), ok && okCode && has
}

// The names of types and codes, as `ipset save` prints them; found by saving a
// set of them all.
var icmpNames = map[string]uint16{
	"echo-reply": 0x000, "network-unreachable": 0x300, "host-unreachable": 0x301, "protocol-unreachable": 0x302,
	"port-unreachable": 0x303, "fragmentation-needed": 0x304, "source-route-failed": 0x305,
	"network-unknown": 0x306, "host-unknown": 0x307, "network-prohibited": 0x309, "host-prohibited": 0x30a,
	"tos-network-unreachable": 0x30b, "tos-host-unreachable": 0x30c, "communication-prohibited": 0x30d,
	"host-precedence-violation": 0x30e, "precedence-cutoff": 0x30f, "source-quench": 0x400,
	"network-redirect": 0x500, "host-redirect": 0x501, "tos-network-redirect": 0x502,
	"tos-host-redirect": 0x503, "echo-request": 0x800, "router-advertisement": 0x900,
	"router-solicitation": 0xa00, "ttl-zero-during-transit": 0xb00, "ttl-zero-during-reassembly": 0xb01,
	"ip-header-bad": 0xc00, "required-option-missing": 0xc01, "timestamp-request": 0xd00,
	"timestamp-reply": 0xe00, "address-mask-request": 0x1100, "address-mask-reply": 0x1200, "pong": 0x000,
	"ping": 0x800,
}

var icmpv6Names = map[string]uint16{
	"no-route": 0x100, "communication-prohibited": 0x101, "address-unreachable": 0x103,
	"port-unreachable": 0x104, "packet-too-big": 0x200, "ttl-zero-during-transit": 0x300,
	"ttl-zero-during-reassembly": 0x301, "bad-header": 0x400, "unknown-header-type": 0x401,
	"unknown-option": 0x402, "echo-request": 0x8000, "echo-reply": 0x8100, "router-solicitation": 0x8500,
	"router-advertisement": 0x8600, "neighbour-solicitation": 0x8700, "neighbour-advertisement": 0x8800,
	"redirect": 0x8900, "pong": 0x8100, "ping": 0x8000,
}
