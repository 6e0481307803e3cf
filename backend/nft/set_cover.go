package nft

import (
	"cmp"
	"errors"
	"math"
	"net/netip"
	"slices"

	"github.com/recentc/recentc/ipset"
)

// Nets of ipset may lie in each other, and the most specific one that is still
// alive decides; elements of nftables must not touch. Here entries become pieces
// of the address space that do not overlap, each with the answer of the kernel.

// addrSpan is a range of addresses, both ends included.
type addrSpan struct{ low, high netip.Addr }

func spanOf(n netip.Prefix) addrSpan { return addrSpan{n.Addr(), ipset.Last(n)} }

// cover is a range and the entries whose net it lies in, the widest first.
type cover struct {
	addrSpan
	entries []*ipset.Entry
}

// covers cuts the nets of one field of the entries into ranges that lie in the
// same nets throughout.
func covers(entries []*ipset.Entry, field int) []cover {
	slices.SortStableFunc(entries, func(a, b *ipset.Entry) int {
		x, y := a.Nets[field], b.Nets[field]
		return cmp.Or(x.Addr().Compare(y.Addr()), cmp.Compare(x.Bits(), y.Bits()))
	})
	s := sweep{field: field, out: make([]cover, 0, len(entries))}
	for _, e := range entries {
		s.closeBefore(e.Nets[field].Addr())
		s.emit(e.Nets[field].Addr().Prev())
		s.open, s.at = append(s.open, e), e.Nets[field].Addr()
	}
	for len(s.open) > 0 {
		s.close()
	}
	return s.out
}

// sweep goes over the sorted nets. Nets lie in each other or apart, so that the
// open ones are a stack.
type sweep struct {
	field int
	open  []*ipset.Entry
	at    netip.Addr
	out   []cover
}

// emit ends a range at last, unless it is empty.
func (s *sweep) emit(last netip.Addr) {
	if len(s.open) > 0 && s.at.IsValid() && last.IsValid() && !last.Less(s.at) {
		s.out = append(s.out, cover{addrSpan{s.at, last}, slices.Clone(s.open)})
	}
}

func (s *sweep) close() {
	last := ipset.Last(s.open[len(s.open)-1].Nets[s.field])
	s.emit(last)
	s.open = s.open[:len(s.open)-1]
	if s.at.IsValid() && !last.Less(s.at) {
		s.at = last.Next() // not valid behind the last address of all
	}
}

func (s *sweep) closeBefore(next netip.Addr) {
	for len(s.open) > 0 && ipset.Last(s.open[len(s.open)-1].Nets[s.field]).Less(next) {
		s.close()
	}
}

// answer is what the kernel finds for a packet: an entry that matches for so many
// seconds from now on, 0 for ever.
type answer struct {
	match   bool
	timeout uint32
}

var errUncovered = errors.New("an entry that ends before the net that it is an exception to")

// kernelAnswer gives the answer for packets that lie in the nets of all these entries.
// The most specific one counts until it ends, then the next; an element of
// nftables can end, but not begin.
func kernelAnswer(entries []*ipset.Entry, exceptions bool) (a answer, err error) {
	if len(entries) > 1 {
		entries = slices.Clone(entries)
		slices.SortStableFunc(entries, func(x, y *ipset.Entry) int {
			return cmp.Or(cmp.Compare(y.Nets[0].Bits(), x.Nets[0].Bits()), cmp.Compare(y.Nets[1].Bits(), x.Nets[1].Bits()))
		})
	}
	now, missed := uint64(0), false
	for _, e := range entries {
		until := uint64(e.Timeout)
		if until == 0 {
			until = math.MaxUint64
		}
		if until <= now {
			continue
		}
		switch {
		case e.NoMatch != exceptions:
			missed = true
		case missed:
			return answer{}, errUncovered
		default:
			a = answer{true, e.Timeout}
		}
		now = until
	}
	return a, nil
}

// piece is an element of a set: the entry that gives its other fields, and the
// ranges of its addresses.
type piece struct {
	entry *ipset.Entry
	spans [2]addrSpan
	answer
	// lastPort ends a range of ports that begins with the entry's.
	lastPort uint16
	// whole tells that it stands for all of its entry.
	whole bool
}

// maxPieces bounds what the exceptions of one set can become.
const maxPieces = 1 << 21

var errTooMany = errors.New("so many nets that lie in each other")

// pieces are the elements for entries that differ in their nets only.
func pieces(entries []*ipset.Entry, fields int, exceptions bool, out []piece) ([]piece, error) {
	group := len(out)
	for _, c := range covers(entries, 0) {
		inner := []cover{{entries: c.entries}}
		if fields > 1 {
			inner = covers(slices.Clone(c.entries), 1)
		}
		from := len(out)
		for _, d := range inner {
			a, err := kernelAnswer(d.entries, exceptions)
			if err != nil {
				return out, err
			}
			if a.match {
				p := piece{entry: d.entries[0], spans: [2]addrSpan{c.addrSpan, d.addrSpan}, answer: a}
				p.settle(d.entries)
				out = append(out, p)
			}
		}
		if fields == 1 && len(out) > from && from > group {
			out = joinLast(out, c.entries[0])
		}
		if len(out) > maxPieces {
			return out, errTooMany
		}
	}
	return out, nil
}

// settle finds the entry that the piece is all of.
func (p *piece) settle(entries []*ipset.Entry) {
	for _, e := range entries {
		if spanOf(e.Nets[0]) == p.spans[0] && (!p.spans[1].low.IsValid() || spanOf(e.Nets[1]) == p.spans[1]) {
			p.entry, p.whole = e, true
		}
	}
}

// joinLast makes one of the last two pieces, if both lie in the net root and have
// the same answer.
func joinLast(out []piece, root *ipset.Entry) []piece {
	n := len(out)
	a, b := &out[n-2], &out[n-1]
	if a.answer != b.answer || a.spans[0].high.Next() != b.spans[0].low || !root.Nets[0].Contains(a.spans[0].low) {
		return out
	}
	a.spans[0].high = b.spans[0].high
	a.entry, a.whole = root, false
	a.settle([]*ipset.Entry{root})
	return out[:n-1]
}
