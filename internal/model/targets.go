package model

import "github.com/recentc/recentc/compile"

// target interprets one kind of target. Jumps are in build.go.
type target struct {
	build func(t compile.Target) action
	// gap tells why the target cannot be interpreted, empty if it can.
	gap string
}

// targets are all targets, by name. A name that is not here is refused.
var targets = map[string]target{
	"ACCEPT": ends(accept),
	"DROP":   ends(drop),
	"REJECT": ends(reject),
	"RETURN": ends(leave),
	"MARK":   {build: setMark},

	// What these do is not seen by any rule that the packet meets afterwards.
	"LOG":   ends(goOn),
	"NFLOG": ends(goOn),
	// These act behind the last table of the last hook.
	"MASQUERADE": ends(accept),
	"SNAT":       ends(accept),

	"DNAT":     {gap: changesDestination},
	"REDIRECT": {gap: changesDestination},
}

const changesDestination = "the destination that later rules see depends on the connection, which the model does not track"

// ends is a target that always does the same.
func ends(r result) target {
	return target{build: func(compile.Target) action { return func(*visit) result { return r } }}
}

func setMark(t compile.Target) action {
	change := t.(*compile.SetMark).Change
	return func(v *visit) result {
		v.Mark = change.Of(v.Mark)
		return goOn
	}
}
