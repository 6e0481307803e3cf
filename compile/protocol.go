package compile

import (
	"strings"

	"github.com/recentc/recentc/ast"
)

// Numbers of the protocols that the matches name.
const (
	protoICMP    = 1
	protoTCP     = 6
	protoUDP     = 17
	protoDCCP    = 33
	protoESP     = 50
	protoAH      = 51
	protoICMPv6  = 58
	protoSCTP    = 132
	protoUDPLite = 136
)

// protocolTable holds the names that iptables takes for IANA's numbers.
var protocolTable = map[string]uint8{
	"all": 0, "ip": 0, "icmp": protoICMP, "igmp": 2, "ggp": 3, "ipencap": 4, "ipv4": 4, "st": 5, "tcp": protoTCP, "egp": 8,
	"igp": 9, "pup": 12, "udp": protoUDP, "hmp": 20, "xns-idp": 22, "rdp": 27, "iso-tp4": 29, "dccp": protoDCCP,
	"xtp": 36, "ddp": 37, "idpr-cmtp": 38, "ipv6": 41, "ipv6-route": 43, "ipv6-frag": 44, "idrp": 45, "rsvp": 46,
	"gre": 47, "esp": protoESP, "ipsec-esp": protoESP, "ah": protoAH, "ipsec-ah": protoAH, "skip": 57,
	"ipv6-icmp": protoICMPv6, "icmpv6": protoICMPv6, "icmp6": protoICMPv6, "ipv6-nonxt": 59, "ipv6-opts": 60,
	"rspf": 73, "vmtp": 81, "eigrp": 88, "ospf": 89, "ax.25": 93, "ipip": 94, "etherip": 97, "encap": 98, "pim": 103,
	"ipcomp": 108, "vrrp": 112, "carp": 112, "l2tp": 115, "isis": 124, "sctp": protoSCTP, "fc": 133,
	"mh": 135, "mobility-header": 135, "ipv6-mh": 135, "udplite": protoUDPLite, "mpls-in-ip": 137, "manet": 138, "hip": 139, "shim6": 140,
	"wesp": 141, "rohc": 142, "ethernet": 143,
}

func protocolNumber(s string) (uint8, bool) {
	if n, ok := parseUint(s, 255); ok {
		return uint8(n), true
	}
	n, ok := protocolTable[strings.ToLower(s)]
	return n, ok
}

func protocolNames() []string { return sortedKeys(protocolTable) }

// protocolName is the name of the match that belongs to a protocol.
func protocolName(n uint8, f ast.Family) string {
	switch n {
	case protoICMP:
		return "icmp"
	case protoTCP:
		return "tcp"
	case protoUDP:
		return "udp"
	case protoDCCP:
		return "dccp"
	case protoESP:
		return "esp"
	case protoAH:
		return "ah"
	case protoICMPv6:
		return "icmp6"
	case protoSCTP:
		return "sctp"
	case protoUDPLite:
		return "udplite"
	case 108:
		return "ipcomp"
	case 135:
		return "mh"
	}
	return ""
}
