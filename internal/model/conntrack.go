package model

import "github.com/recentc/recentc/compile"

// withState interprets --ctstate and -m state, for which every packet must tell its state.
func withState() match {
	return match{gap: conntrackGap, build: func(b *builder, s compile.Step) test {
		b.needs.state = true
		return condition(holdsState).build(b, s)
	}}
}

func holdsState(s *compile.Conntrack, v *visit) bool {
	return (s.State&v.trackedState() != 0) != s.NotState
}

// trackedState is the state of the connection as the table sees it. Connections are looked up
// behind raw, so that there a packet has none yet, which counts as invalid.
func (v *visit) trackedState() compile.CtState {
	if v.table == "raw" {
		return compile.CtInvalid
	}
	return v.State
}

// conntrackGap refuses what a packet does not tell of its connection.
func conntrackGap(s compile.Step) string {
	c, ok := s.(*compile.Conntrack)
	if ok && (c.HasStatus || c.Protocol != nil || len(c.Addrs) > 0 || len(c.Ports) > 0 || c.Expires != nil || c.HasDirection) {
		return "of a connection the model knows the state alone"
	}
	return ""
}
