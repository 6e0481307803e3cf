package nft

import (
	"strconv"

	"github.com/recentc/recentc/backend"
	"github.com/recentc/recentc/compile"
)

// Fidelity is how close a recent match's translation is to xt_recent.
type Fidelity = backend.Fidelity

// The fidelities.
const (
	Exact       = backend.Exact
	Bounded     = backend.Bounded
	Approximate = backend.Approximate
)

// Match is a recent match with its fidelity.
type Match = backend.Match

// judge notes the fidelity of a match; one match gives several steps, and the
// least faithful one counts.
func (t *translator) judge(m *compile.Recent, f Fidelity, reason string) {
	if n := len(t.matches); n > 0 && t.matches[n-1].Recent == m && t.matches[n-1].Rule == t.rule {
		if last := &t.matches[n-1]; last.Fidelity < f {
			last.Fidelity, last.Reason = f, reason
		}
		return
	}
	t.matches = append(t.matches, Match{Rule: t.rule, Recent: m, Fidelity: f, Reason: reason})
}

func lineNumber(r *compile.Rule) string { return strconv.Itoa(int(r.Range.Start.Line)) }
