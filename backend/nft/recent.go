package nft

import (
	"fmt"

	"github.com/recentc/recentc/compile"
	"github.com/recentc/recentc/internal/diag"
)

// seenOps ask a list.
func (t *translator) seenOps(s *compile.Seen) []op {
	l := t.lists[s.List]
	r := l.rings[s.Ring]
	if r == nil {
		t.fail(diag.TooManyHits, fmt.Sprintf("--hitcount %d is too large for an exact window", s.Ring.Hits),
			fmt.Sprintf("It would take %d set elements for every address; up to %d is done.", s.Ring.Hits, maxHits),
			"Use a smaller hitcount, or --hitcount-mode meter for an approximate limit.")
		return nil
	}
	t.judgeSeen(l, s)
	if !s.Not && !s.TTL {
		o := r.fullOp(s.Side)
		t.settle(&o, s)
		return []op{o}
	}
	f := r.full(s.Side)
	if s.TTL {
		f = t.withTTL(l, s.Side, s.Ring.Window, f)
	}
	if !s.Not {
		return []op{{kind: opTest, alts: f.alts}}
	}
	if len(f.alts) == 1 && len(f.alts[0]) == 1 {
		no := f.alts[0][0].opposite()
		no.unstable = true
		return []op{{kind: opTest, alts: [][]stmt{{no}}}}
	}
	return []op{{kind: opUnless, alts: f.alts}}
}

// withTTL asks in addition that the address was recorded with the packet's TTL.
func (t *translator) withTTL(l *list, side compile.Side, window uint32, f form) form {
	seen := l.ttl[window]
	if seen == nil || l.mixedTTL() {
		return f
	}
	for i := range f.alts {
		f.alts[i] = join(f.alts[i], []stmt{compare(l.ttlField(l.keys[side].field), false, setValue(seen))})
	}
	return f
}

// mixedTTL tells whether TTLs are recorded both before and after the kernel
// takes one off: the kernel adds it back, which nftables cannot. The TTL is left
// out then, so that the rule still matches whenever the kernel's did.
func (l *list) mixedTTL() bool { return l.ForwardTTL && l.LocalTTL }

// recordOps write a stamp.
func (t *translator) recordOps(s *compile.Record) []op {
	l := t.lists[s.List]
	t.judge(s.Origin, Exact, "")
	write := l.recordStmt(s.Side)
	if !s.IfListed {
		restamps := s.Origin.Op == compile.Update && l.lone() != nil
		if restamps {
			write = l.lone().restampStmt(s.Side)
		}
		return []op{{kind: opDo, do: []stmt{write}, restamps: restamps}}
	}
	listed := l.rings[compile.Listed].full(s.Side)
	if s.TTL {
		listed = t.withTTL(l, s.Side, 0, listed)
	}
	return []op{{kind: opDo, do: join(listed.alts[0], []stmt{write})}}
}

// forgetOps remove an address.
func (t *translator) forgetOps(s *compile.Forget) []op {
	l := t.lists[s.List]
	t.judgeForget(l, s)
	remove := l.forgetStmts(s.Side)
	if s.Known && !s.Not {
		return []op{{kind: opDo, do: remove, forgets: true}}
	}
	t.judgeReap(l, s.Origin, compile.Listed)
	listed := l.rings[compile.Listed].full(s.Side)
	switch {
	case s.Not:
		return []op{{kind: opStopIf, alts: listed.alts, do: remove}}
	case s.Counts:
		return []op{{kind: opDo, do: remove, forgets: true, counted: listed.alts[0]}}
	}
	return []op{{kind: opTest, alts: listed.alts}, {kind: opDo, do: remove, forgets: true}}
}

// judgeForget decides how faithful a removal is.
func (t *translator) judgeForget(l *list, s *compile.Forget) {
	if l.cut.set == nil {
		t.judge(s.Origin, Exact, "")
		return
	}
	t.judge(s.Origin, Bounded, fmt.Sprintf("a source that is removed over %d times at once, or %d times a second, has its packets dropped for up to %s", churnBurst, churnRate, cutTimeout))
}

// judgeSeen decides how faithful the answer of a list is.
func (t *translator) judgeSeen(l *list, s *compile.Seen) {
	m := s.Origin
	switch {
	case s.Ring.Hits > 1 && s.Ring.Window > 0 && t.opts.Meter:
		t.judge(m, Approximate, "a token bucket of the same mean rate in place of the window: it passes other packets of a burst")
	case s.TTL && l.mixedTTL():
		t.judge(m, Approximate, "--rttl is left out: the list is used before and after forwarding, which nftables cannot compare; the rule also matches packets with another TTL")
	case s.TTL:
		t.judge(m, Approximate, "--rttl also matches an address that was recorded with several TTLs, for each of them")
	case s.Ring.Hits > 1 && s.Ring.Window > 0:
		t.judge(m, Bounded, fmt.Sprintf("for a source that sends over %d packets in %s the window may end up to %s", s.Ring.Hits, holdTimeout, holdBound))
	default:
		t.judge(m, Exact, "")
	}
	t.judgeReap(l, m, s.Ring)
}

// judgeReap finds questions whose answer --reap of another rule can change: it
// removes what is older than its window, which only a longer look back misses.
func (t *translator) judgeReap(l *list, m *compile.Recent, q compile.Ring) {
	if l.ReapBelow > 0 && (q.Window == 0 || q.Window > l.ReapBelow) {
		t.judge(m, Approximate, fmt.Sprintf("--reap on list %s removes addresses after %d s, one at a time; here they are still found", l.Name, l.ReapBelow))
	}
}
