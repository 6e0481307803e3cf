package nft

import (
	"strconv"

	"github.com/recentc/recentc/compile"
)

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

// judge notes the fidelity of a match; one match gives several steps, and the
// least faithful one counts.
func (t *translator) judge(m *compile.Recent, f Fidelity, reason string) {
	if n := len(t.matches); n > 0 && t.matches[n-1].Recent == m && t.matches[n-1].Rule == t.rule {
		if last := &t.matches[n-1]; last.Fidelity < f {
			last.Fidelity, last.Reason = f, reason
		}
		return
	}
	t.matches = append(t.matches, Match{t.rule, m, f, reason})
}

func lineNumber(r *compile.Rule) string { return strconv.Itoa(int(r.Range.Start.Line)) }
