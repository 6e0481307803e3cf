package model

import "github.com/recentc/recentc/compile"

// Outcome is what becomes of a packet.
type Outcome uint8

// The outcomes.
const (
	// Accepted packets come through all hooks of their path.
	Accepted Outcome = iota
	// Dropped packets vanish by a rule or by the policy of a chain.
	Dropped
	// Rejected packets vanish too, and their sender is told.
	Rejected
	// Expired packets were to be forwarded with a TTL of 0 or 1: the kernel drops them before FORWARD.
	Expired
)

// String returns "accepted", "dropped", "rejected" or "expired".
func (o Outcome) String() string {
	return [...]string{"accepted", "dropped", "rejected", "expired"}[o]
}

// Verdict is what the rules did with a packet.
type Verdict struct {
	Outcome Outcome
	// Mark is the packet's mark at the end of its way, wherever that is.
	Mark uint32
	// Rules are those whose tests all held, in the order in which the packet met them: those whose
	// counters the kernel would raise. A rule that is met twice is there twice.
	Rules []*compile.Rule
	// Policy is the chain whose policy dropped the packet, nil if none did.
	Policy *compile.Chain
}
