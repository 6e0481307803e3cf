package compile

import (
	"strings"

	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/internal/iana"
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

func protocolNumber(s string) (uint8, bool) {
	if n, ok := parseUint(s, 255); ok {
		return uint8(n), true
	}
	return iana.Protocol(strings.ToLower(s))
}

// exactProtocol reads a protocol as options other than -p do, which do not lower capitals:
// most names can be written in capitals alone.
func exactProtocol(s string) (uint8, bool) {
	lower := strings.ToLower(s)
	if n, ok := parseUint(s, 255); ok || s != lower && (s != strings.ToUpper(s) || lower == "all") {
		return uint8(n), ok
	}
	return iana.Protocol(lower)
}

func protocolNames() []string { return iana.Protocols() }

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
