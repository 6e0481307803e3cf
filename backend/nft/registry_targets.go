package nft

import "github.com/recentc/recentc/compile"

// targetEnds translates each kind of target; the key is the target's name.
var targetEnds = map[string]func(*translator, compile.Target) end{
	"ACCEPT": fixedEnd(end{stmts: []stmt{decide("accept")}, ends: true}),
	"DROP":   fixedEnd(end{stmts: []stmt{decide("drop")}, ends: true}),
	"RETURN": fixedEnd(end{stmts: []stmt{decide("return")}, ends: true, leaves: true}),
	"jump":   targetOf((*translator).jump),
}
