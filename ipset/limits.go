package ipset

import (
	"fmt"

	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/internal/diag"
)

// A line such as "add s 10.0.0.0/8" stands for as many entries as it covers, and each
// takes memory here and in the translation. So the entries that ranges give are bounded;
// those of a line of their own are not. The bounds are numbers and not times, so that a
// file gives the same answer on every machine.
const (
	maxKeys   = 1 << 18 // entries of one line
	maxSpread = 1 << 18 // entries of ranges in all sets at one time
	maxSpent  = 1 << 19 // entries that are added, removed or searched by all lines together
)

// usage counts what the lines of a file, or the commands of a script, use.
type usage struct {
	spread, spent int
	// stopped tells that there was too much: nothing behind it is read.
	stopped bool
}

// affords counts entries that a line adds, removes or searches beside the one that it
// names; it tells whether there may be more.
func (p *parser) affords(n int, w ast.Word) bool {
	if p.use.spent += n; p.use.spent > maxSpent {
		p.tooMuch(w, fmt.Sprintf("with this line, more than %d entries of sets are added, removed or searched", maxSpent))
	}
	return !p.use.stopped
}

// spreads counts the entries that a range adds to a set.
func (p *parser) spreads(s *Set, n int, w ast.Word) bool {
	if n < 2 {
		return !p.use.stopped
	}
	s.spread += n
	if p.use.spread += n; p.use.spread > maxSpread {
		p.tooMuch(w, fmt.Sprintf("with this line, ranges give more than %d entries", maxSpread))
	}
	return p.affords(n, w)
}

// gathers takes entries of ranges away from the count.
func (p *parser) gathers(s *Set, n int) {
	n = min(n, s.spread)
	s.spread -= n
	p.use.spread -= n
}

func (p *parser) tooMuch(w ast.Word, summary string) {
	if p.use.stopped {
		return
	}
	p.use.stopped = true
	p.report(diag.IPSetTooMuch, w, summary,
		"A set of addresses has each one as an entry of its own, here as in the kernel. What the lines behind it do is not looked at.",
		"Use a set of nets: hash:net in the place of hash:ip holds a net or a range as a few entries.")
}

// tooManyKeys reports a line that is too much by itself.
func (p *parser) tooManyKeys(s *Set, w ast.Word) {
	p.tooMuch(w, fmt.Sprintf("%s is more than %d entries of set %s", w.Text, maxKeys, s.Name))
}
