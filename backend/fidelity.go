// Package backend has what the backends say in the same words.
package backend

import "github.com/recentc/recentc/compile"

// Fidelity is how close a recent match's translation is to xt_recent.
type Fidelity uint8

// The fidelities.
const (
	// Exact gives the same answer for every packet.
	Exact Fidelity = iota
	// Bounded gives the same answer but within a stated bound.
	Bounded
	// Approximate can differ in the way that the reason states.
	Approximate
)

// String returns the word that is printed.
func (f Fidelity) String() string { return [...]string{"exact", "bounded", "approximate"}[f] }

// Match is a recent match with its fidelity.
type Match struct {
	Rule     *compile.Rule
	Recent   *compile.Recent
	Fidelity Fidelity
	// Reason is the bound, or the difference; empty for Exact.
	Reason string
}
