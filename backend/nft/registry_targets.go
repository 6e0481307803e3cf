package nft

import "github.com/recentc/recentc/compile"

// targetEnds translates each kind of target; the key is the target's name.
var targetEnds = map[string]func(*translator, compile.Target) end{
	"ACCEPT":      fixedEnd(end{stmts: []stmt{decide("accept")}, ends: true}),
	"AUDIT":       fixedEnd(auditEnd),
	"CLASSIFY":    targetOf((*translator).classify),
	"CONNMARK":    targetOf((*translator).setConnMark),
	"CT":          targetOf((*translator).ct),
	"DNAT":        targetOf((*translator).dnat),
	"DROP":        fixedEnd(end{stmts: []stmt{decide("drop")}, ends: true}),
	"DSCP":        targetOf((*translator).setDSCP),
	"ECN":         targetOf((*translator).setECN),
	"HL":          targetOf((*translator).setHL),
	"LOG":         targetOf((*translator).log),
	"MARK":        targetOf((*translator).setMark),
	"MASQUERADE":  targetOf((*translator).masquerade),
	"NETMAP":      targetOf((*translator).netmap),
	"NFLOG":       targetOf((*translator).nflog),
	"NFQUEUE":     targetOf((*translator).nfqueue),
	"NOTRACK":     fixedEnd(notrackEnd),
	"QUEUE":       fixedEnd(queueEnd),
	"REDIRECT":    targetOf((*translator).redirect),
	"REJECT":      targetOf((*translator).reject),
	"RETURN":      fixedEnd(end{stmts: []stmt{decide("return")}, ends: true, leaves: true}),
	"SECMARK":     targetOf((*translator).secmark),
	"SNAT":        targetOf((*translator).snat),
	"SYNPROXY":    targetOf((*translator).synproxy),
	"TCPMSS":      targetOf((*translator).setMSS),
	"TCPOPTSTRIP": targetOf((*translator).stripOptions),
	"TEE":         targetOf((*translator).tee),
	"TOS":         targetOf((*translator).setTOS),
	"TPROXY":      targetOf((*translator).tproxy),
	"TRACE":       fixedEnd(traceEnd),
	"TTL":         targetOf((*translator).setTTL),
	"jump":        targetOf((*translator).jump),
}
