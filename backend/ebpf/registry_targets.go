package ebpf

import "github.com/recentc/recentc/compile"

// targetCode translates each kind of target; the key is the target's name.
var targetCode = map[string]func(t *translator, f *function, x compile.Target, rule uint32){
	"ACCEPT": verdict(verdictAccept),
	"DROP":   verdict(verdictDrop),
	"LOG":    targetOf((*translator).log),
	"MARK":   targetOf((*translator).setMark),
	"NFLOG":  targetOf((*translator).nflog),
	"RETURN": verdict(verdictLeave),
	"jump":   targetOf((*translator).jump),
}

// targetLimits are what part of a target is translated, where it is not all.
var targetLimits = map[string]string{
	"LOG":   "as an event in a ring buffer, which recentc status --follow prints",
	"MARK":  "at tc only",
	"NFLOG": "as an event in a ring buffer, which recentc status --follow prints",
}

// Why targets are not translated.
const (
	readOnly = "A program at a netfilter hook may look at a packet but not change it, its mark and its connection included."
	noNAT    = "A program at a netfilter hook cannot change a connection's addresses."
	noSend   = "A program at a netfilter hook cannot send a packet."
	noQueue  = "A program at a netfilter hook accepts or drops a packet; it cannot hand it on."
)

// targetsWithout are the targets that this backend does not translate, with the reason.
var targetsWithout = map[string]string{
	"AUDIT":       "A program at a netfilter hook cannot write to the audit log; use LOG.",
	"CLASSIFY":    readOnly,
	"CONNMARK":    readOnly,
	"CT":          readOnly,
	"DNAT":        noNAT,
	"DSCP":        readOnly,
	"ECN":         readOnly,
	"HL":          readOnly,
	"MASQUERADE":  noNAT,
	"NETMAP":      noNAT,
	"NFQUEUE":     noQueue,
	"NOTRACK":     readOnly,
	"QUEUE":       noQueue,
	"REDIRECT":    noNAT,
	"REJECT":      "A program at a netfilter hook cannot send the sender an answer; write DROP.",
	"SECMARK":     readOnly,
	"SET":         noSets,
	"SNAT":        noNAT,
	"SYNPROXY":    noSend,
	"TCPMSS":      readOnly,
	"TCPOPTSTRIP": readOnly,
	"TEE":         noSend,
	"TOS":         readOnly,
	"TPROXY":      "A program at a netfilter hook cannot give a packet to a socket.",
	"TRACE":       readOnly,
	"TTL":         readOnly,
}
