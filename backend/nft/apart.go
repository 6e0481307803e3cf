package nft

import (
	"slices"

	"github.com/recentc/recentc/internal/bytecode"
)

// nft up to 1.0.9 joins two comparisons of neighbouring bytes of the packet into one,
// whatever is between them. Joined, "neither" becomes "not both", and what is tested
// behind a limit is tested in front of it. A range is not joined: where the two must stay
// apart, the second is written as a range of one value, which every nft loads as meant.

// keepApart rewrites the comparisons of the rule that nft must not join, and the test of a
// protocol that must not be joined with raw payload.
func (r *rule) keepApart() {
	raw := slices.ContainsFunc(r.stmts, stmt.rawTransport)
	for i := range r.stmts {
		if s := &r.stmts[i]; raw && s.left == l4proto && s.joinsRaw() {
			s.right = s.right.asRange()
		}
		if r.stmts[i].joinable() && r.joins(i) {
			r.stmts[i].right = r.stmts[i].right.asRange()
		}
	}
}

// joins tells whether nft would join comparison i with one in front of it, and change
// the rule by that.
func (r *rule) joins(i int) bool {
	acts := false
	for k := i - 1; k >= 0; k-- {
		s := &r.stmts[k]
		if s.joinable() && s.negated == r.stmts[i].negated && (s.negated || acts) && beside(s.left, r.stmts[i].left) {
			return true
		}
		acts = acts || s.class != match
	}
	return false
}

// joinable tells whether a statement is a comparison that nft may join: of whole bytes of
// the packet with one value. Addresses are never joined.
func (s *stmt) joinable() bool {
	if s.left == nil || len(s.left.from) != 1 || s.right.kind == anAddress {
		return false
	}
	p := &s.left.from[0]
	one := s.right.kind == words || s.right.kind == number && s.right.single()
	return p.Name == "payload" && p.mask == nil && one && !s.right.ranged
}

// beside tells whether two fields are neighbours in the same header.
func beside(a, b *field) bool {
	const base, offset, size = 2, 3, 4
	p, q := &a.from[0], &b.from[0]
	return p.Number(base) == q.Number(base) &&
		(p.Number(offset)+p.Number(size) == q.Number(offset) || q.Number(offset)+q.Number(size) == p.Number(offset))
}

// asRange writes one value as a range.
func (v value) asRange() value {
	if v.kind == number {
		v.text = rangeValue(v.low, v.high).text
	} else {
		v.text += "-" + v.text
	}
	v.ranged = true
	return v
}

// rawTransport tells whether a statement reads behind the IP header, whatever is there.
func (s stmt) rawTransport() bool {
	return s.left != nil && s.left.protocol == 0 && len(s.left.from) == 1 && s.left.from[0].Name == "payload" &&
		s.left.from[0].Number(2) == uint64(bytecode.TransportHeader)
}

// described are the protocols whose header nft 1.0.6 has a description of. It takes raw
// payload for a field of the others', of which it finds none: nft ends itself when it
// lists the rule. A range tells it nothing of the protocol.
var described = []uint64{protoICMP, 2, protoTCP, protoUDP, protoDCCP, protoESP, protoAH, protoICMPv6, protoIPComp, protoSCTP, protoUDPLite}

func (s *stmt) joinsRaw() bool {
	return !s.negated && s.right.kind == number && s.right.single() && !slices.Contains(described, s.right.low)
}
