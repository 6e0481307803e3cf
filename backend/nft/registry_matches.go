package nft

import "github.com/recentc/recentc/compile"

// stepForms translates each kind of step; the key is the match's name.
var stepForms = map[string]func(*translator, compile.Step) form{
	"address":   stepOf((*translator).address),
	"interface": stepOf((*translator).iface),
	"protocol":  stepOf((*translator).protocol),
	"fragment":  stepOf((*translator).fragment),
	"tcp":       stepOf((*translator).tcp),

	"addrtype":  stepOf((*translator).addrtype),
	"conntrack": stepOf((*translator).conntrack),
	"hl":        stepOf((*translator).ttl),
	"icmp":      stepOf((*translator).icmp),
	"icmp6":     stepOf((*translator).icmp6),
	"iprange":   stepOf((*translator).iprange),
	"length":    stepOf((*translator).length),
	"limit":     stepOf((*translator).limit),
	"mac":       stepOf((*translator).mac),
	"mark":      stepOf((*translator).mark),
	"multiport": stepOf((*translator).multiport),
	"pkttype":   stepOf((*translator).pkttype),
	"state":     stepOf((*translator).conntrack),
	"ttl":       stepOf((*translator).ttl),
	"udp":       stepOf((*translator).udp),
}
