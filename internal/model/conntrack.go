package model

import "github.com/recentc/recentc/compile"

func holdsState(s *compile.Conntrack, v *visit) bool {
	return (s.State&v.trackedState() != 0) != s.NotState
}

// trackedState is the state of the connection as the table sees it. Connections are looked up
// behind raw. In raw a packet has none yet, which counts as invalid, unless -j CT has given it what
// its connection is to be made from.
func (v *visit) trackedState() compile.CtState {
	switch {
	case v.ct == untracked:
		return compile.CtUntracked
	case v.table != "raw":
		return v.State
	case v.ct == templated:
		return compile.CtNew
	}
	return compile.CtInvalid
}

// ctMark is what the raw table has done about a packet's connection; the first rule counts.
type ctMark uint8

const (
	unmarked ctMark = iota
	untracked
	templated
)

// markCT is -j CT and -j NOTRACK.
func (v *visit) markCT(m ctMark) {
	if v.ct == unmarked {
		v.ct = m
	}
}

// conntrackGap refuses what a packet does not tell of its connection.
func conntrackGap(s compile.Step) string {
	c, ok := s.(*compile.Conntrack)
	if ok && (c.HasStatus || c.Protocol != nil || len(c.Addrs) > 0 || len(c.Ports) > 0 || c.Expires != nil || c.HasDirection) {
		return onlyState
	}
	return ""
}
