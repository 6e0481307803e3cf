package model

import "github.com/recentc/recentc/compile"

// target interprets one kind of target. Jumps are in build.go.
type target struct {
	build func(t compile.Target) action
	// gap tells why the target cannot be interpreted, empty if it can.
	gap string
	// lengthens tells that packets may become longer, which matters where a rule asks.
	lengthens bool
}

// targets are all targets, by name. A name that is not here is refused.
var targets = map[string]target{
	"ACCEPT": ends(accept),
	"DROP":   ends(drop),
	"REJECT": ends(reject),
	"RETURN": ends(leave),

	"CT":      changes(func(t *compile.CT, v *visit) { v.markCT(ctMarkOf(t)) }),
	"DSCP":    changes(func(t *compile.SetDSCP, v *visit) { v.TOS = v.TOS&3 | t.Value<<2 }),
	"ECN":     changes(setECN),
	"HL":      changes(func(t *compile.SetHL, v *visit) { v.TTL = uint8(t.Of(int(v.TTL))) }),
	"MARK":    changes(func(t *compile.SetMark, v *visit) { v.Mark = t.Of(v.Mark) }),
	"NOTRACK": changes(func(_ *compile.NoTrack, v *visit) { v.markCT(untracked) }),
	"TOS":     changes(func(t *compile.SetTOS, v *visit) { v.TOS = uint8(t.Of(uint32(v.TOS))) }),
	"TTL":     changes(func(t *compile.SetTTL, v *visit) { v.TTL = uint8(t.Of(int(v.TTL))) }),

	// What these do is not seen by any rule that the packet meets afterwards.
	"AUDIT":       ends(goOn),
	"CLASSIFY":    ends(goOn),
	"LOG":         ends(goOn),
	"NFLOG":       ends(goOn),
	"TCPOPTSTRIP": ends(goOn),
	"SECMARK":     ends(goOn),
	"TCPMSS":      {build: ends(goOn).build, lengthens: true},
	"TRACE":       ends(goOn),
	// These act behind the last table of the last hook.
	"MASQUERADE": ends(accept),
	"SNAT":       ends(accept),

	"CONNMARK": {gap: onlyState},
	"DNAT":     {gap: changesDestination},
	"NETMAP":   {gap: changesDestination},
	"NFQUEUE":  {gap: elsewhere},
	"QUEUE":    {gap: elsewhere},
	"REDIRECT": {gap: changesDestination},
	"SET":      {gap: noSets},
	"SYNPROXY": {gap: "the kernel answers in place of the server, which the model does not do"},
	"TEE":      {gap: "the copy of the packet passes rules too"},
	"TPROXY":   {gap: noSocket},
}

// Why targets are refused.
const (
	changesDestination = "the destination that later rules see depends on the connection, which the model does not track"
	elsewhere          = "a program decides about the packet"
	maybeLonger        = "it may make the packet longer, depending on its TCP options, and rules ask for the length"
)

// ends is a target that always does the same.
func ends(r result) target {
	return target{build: func(compile.Target) action { return func(*visit) result { return r } }}
}

// changes is a target that changes the packet, which goes on.
func changes[T compile.Target](change func(t T, v *visit)) target {
	return target{build: func(t compile.Target) action {
		typed := t.(T)
		return func(v *visit) result {
			change(typed, v)
			return goOn
		}
	}}
}

func setECN(t *compile.SetECN, v *visit) {
	if t.HasIP {
		v.TOS = v.TOS&^3 | t.IP
	}
	v.Flags = uint8(t.TCP.Of(uint32(v.Flags)))
}

func ctMarkOf(t *compile.CT) ctMark {
	if t.NoTrack {
		return untracked
	}
	return templated
}
