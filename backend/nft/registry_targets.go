package nft

import "github.com/recentc/recentc/compile"

// targetEnds translates each kind of target; the key is the target's name.
var targetEnds = map[string]func(*translator, compile.Target) end{
	"ACCEPT":     fixedEnd(end{stmts: []stmt{decide("accept")}, ends: true}),
	"DNAT":       targetOf((*translator).dnat),
	"DROP":       fixedEnd(end{stmts: []stmt{decide("drop")}, ends: true}),
	"LOG":        targetOf((*translator).log),
	"MARK":       targetOf((*translator).setMark),
	"MASQUERADE": targetOf((*translator).masquerade),
	"NFLOG":      targetOf((*translator).nflog),
	"REDIRECT":   targetOf((*translator).redirect),
	"REJECT":     targetOf((*translator).reject),
	"RETURN":     fixedEnd(end{stmts: []stmt{decide("return")}, ends: true, leaves: true}),
	"SNAT":       targetOf((*translator).snat),
	"jump":       targetOf((*translator).jump),
}
