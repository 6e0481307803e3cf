package ebpf

import "github.com/recentc/recentc/compile"

// stepTests translates each kind of step; the key is the match's name.
var stepTests = map[string]func(*translator, compile.Step) tests{
	"address":   stepOf((*translator).address),
	"interface": stepOf((*translator).iface),
	"protocol":  stepOf((*translator).protocol),
	"fragment":  stepOf((*translator).fragment),

	"addrtype":  stepOf((*translator).addrtype),
	"conntrack": stepOf((*translator).conntrack),
	"dccp":      stepOf((*translator).dccp),
	"dscp":      stepOf((*translator).dscp),
	"ecn":       stepOf((*translator).ecn),
	"hl":        stepOf((*translator).ttl),
	"icmp":      stepOf((*translator).icmp),
	"icmp6":     stepOf((*translator).icmp6),
	"iprange":   stepOf((*translator).iprange),
	"length":    stepOf((*translator).length),
	"limit":     stepOf((*translator).limit),
	"mac":       stepOf((*translator).mac),
	"mark":      stepOf((*translator).mark),
	"multiport": stepOf((*translator).multiport),
	"quota":     stepOf((*translator).quota),
	"sctp":      stepOf((*translator).sctp),
	"state":     stepOf((*translator).conntrack),
	"statistic": stepOf((*translator).statistic),
	"tcp":       stepOf((*translator).tcp),
	"tos":       stepOf((*translator).tos),
	"ttl":       stepOf((*translator).ttl),
	"udp":       stepOf((*translator).udp),
}

// stepLimits are what part of a match is translated, where it is not all.
var stepLimits = map[string]string{
	"addrtype":  "MULTICAST only",
	"conntrack": "--ctstate only, but for SNAT and DNAT; at netfilter hooks only",
	"state":     "at netfilter hooks only",
	"mac":       "not at tc egress",
	"mark":      "not at xdp",
	"tcp":       "but for --tcp-option",
}

// Why matches are not translated.
const (
	noHeaders = "This backend reads the headers of IP, TCP, UDP, UDP-Lite, SCTP, DCCP and ICMP, no other."
	noConn    = "A program at a netfilter hook sees the state of a packet's connection, but not the connection itself."
	noSockets = "A program at a netfilter hook may not ask for the packet's socket."
	noRoutes  = "A program at a netfilter hook may not ask the routing tables."
	noSets    = "The maps of an object are empty when it is loaded, and this backend does not fill them with the sets of an ipset file."
	noIPsec   = "A program at a netfilter hook does not see what IPsec did with a packet."
)

// stepsWithout are the matches that this backend does not translate, with the reason.
var stepsWithout = map[string]string{
	"ah":        noHeaders,
	"cgroup":    noSockets,
	"connbytes": noConn,
	"connlabel": noConn,
	"connlimit": noConn,
	"connmark":  noConn,
	"cpu":       "This backend does not ask which processor a packet is on.",
	"devgroup":  "This backend knows a device by its name alone.",
	"dst":       noHeaders,
	"esp":       noHeaders,
	"frag":      noHeaders,
	"hashlimit": "Its table has a lifetime of its own for each address; -m recent with a hitcount limits addresses here.",
	"hbh":       noHeaders,
	"helper":    noConn,
	"ipcomp":    noHeaders,
	"mh":        noHeaders,
	"owner":     noSockets,
	"pkttype":   "The kernel keeps it in a bit field that is laid out differently from version to version.",
	"policy":    noIPsec,
	"realm":     noRoutes,
	"rpfilter":  noRoutes,
	"rt":        noHeaders,
	"set":       noSets,
	"socket":    noSockets,
	"string":    "This backend reads headers; it does not search a packet's data.",
	"tcpmss":    "The options of a TCP header have no fixed place, and this backend does not search them.",
	"time":      "BPF programs have no clock that tells the time of day in the machine's zone.",
	"u32":       "It reads any bytes of the packet; this backend reads the fields of headers.",
}
