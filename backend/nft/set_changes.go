package nft

import (
	"fmt"

	"github.com/recentc/recentc/compile"
	"github.com/recentc/recentc/internal/diag"
	"github.com/recentc/recentc/ipset"
)

// changes tells whether packets of the kind can come into the set, by the
// protocols of the rules that add, or leave it.
func (b *partBuilder) changes(kind portKind) bool {
	if (kind == anyPacket) == b.use.Type.Has(ipset.Port) {
		return false
	}
	if b.use.Removed || kind == anyPacket {
		return true
	}
	for _, r := range b.use.Adds {
		if number, known := protocolOf(r); !known || kindOf(number) == kind {
			return true
		}
	}
	return false
}

// changeFits finds what makes a change depend on what is in the set at the time.
// A packet's address is added to nets with the longest prefix that is in the set.
func (b *partBuilder) changeFits() bool {
	s := b.use
	var permanent, mortal, again bool
	for i := range s.Entries {
		permanent = permanent || s.Entries[i].Timeout == 0
		mortal = mortal || s.Entries[i].Timeout > 0
		if s.Entries[i].NoMatch {
			b.refuse("packets change it, and it has nomatch entries,", "Keep the exceptions in a set of their own, and test that first.")
			return false
		}
	}
	for _, t := range s.AddTargets() {
		permanent = permanent || t.Timeout == 0
		mortal = mortal || t.Timeout > 0
		again = again || t.Again
	}
	switch {
	case s.Type.Bitmap && s.Type.Has(ipset.MAC):
		b.refuse("packets change it, and it holds one MAC address for each address,", "Use a set of the type hash:ip,mac.")
		return false
	case again && permanent && mortal:
		b.refuse("--exist, where some entries stay for ever and others do not,", "Keep the entries that stay (timeout 0) in a set of their own.")
		return false
	case b.unsteady():
		b.refuse("packets change it, and its nets have several prefixes, or can all leave it,", "The kernel adds packets with the longest prefix that is in the set at the time. Keep the nets of each length in a set of their own.")
		return false
	}
	if s.ForceAdd && len(s.Adds) > 0 {
		b.note(diag.Differs, b.rule.File, b.rule.Range, fmt.Sprintf("the set %s takes no new entry when its %d are full", s.Name, s.MaxElem),
			"With forceadd ipset throws out another entry at random, which nftables cannot.")
	}
	return true
}

// longest are the longest prefixes of the entries, field by field: those of the
// entries that packets add.
func (b *partBuilder) longest() (bits [2]int) {
	nets := 0
	for _, f := range b.use.Type.Fields {
		if f != ipset.IP && f != ipset.Net {
			continue
		}
		for i := range b.use.Entries {
			bits[nets] = max(bits[nets], b.use.Entries[i].Nets[nets].Bits())
		}
		if len(b.use.Entries) == 0 || f == ipset.IP {
			bits[nets] = b.addrBits()
		}
		nets++
	}
	return bits
}

func (b *partBuilder) addrBits() int {
	if b.ipv6() {
		return 128
	}
	return 32
}

// asLongest tells whether an entry has the prefixes that packets are added with.
func (b *partBuilder) asLongest(e *ipset.Entry, bits [2]int) bool {
	nets := 0
	for _, f := range b.use.Type.Fields {
		if f == ipset.IP || f == ipset.Net {
			if e.Nets[nets].Bits() != bits[nets] {
				return false
			}
			nets++
		}
	}
	return true
}

// unsteady tells whether the longest prefix can change while the rules run.
func (b *partBuilder) unsteady() bool {
	if !b.use.Type.Has(ipset.Net) || len(b.use.Entries) == 0 {
		return false
	}
	bits, stays, others := b.longest(), false, false
	for i := range b.use.Entries {
		e := &b.use.Entries[i]
		same := b.asLongest(e, bits)
		stays = stays || same && e.Timeout == 0 && !b.use.Removed
		others = others || !same
	}
	full := true
	for i, f := range b.netFields() {
		full = full && (f == ipset.IP || bits[i] == b.addrBits())
	}
	if b.use.Type.Has(ipset.Iface) && others {
		return true // an entry hides the wider nets of all devices (devicePieces)
	}
	return !stays && (others || !full && len(b.use.Adds) > 0)
}

func (b *partBuilder) netFields() (out []ipset.Field) {
	for _, f := range b.use.Type.Fields {
		if f == ipset.IP || f == ipset.Net {
			out = append(out, f)
		}
	}
	return out
}

// changedPart is a set that packets change. Entries with other prefixes than
// those that are added stand in a set of their own.
func (b *partBuilder) changedPart(kind portKind, entries []*ipset.Entry) {
	s := b.use.Set
	bits := b.longest()
	var same, others []*ipset.Entry
	for _, e := range entries {
		if b.asLongest(e, bits) {
			same = append(same, e)
		} else {
			others = append(others, e)
		}
	}
	suffix := ""
	if len(others) > 0 {
		b.fixedPart(kind, others, "")
		suffix = "_added"
	}
	p := b.newPart(kind, suffix)
	p.bits = bits
	p.flags = map[bool]string{false: "dynamic", true: "dynamic,timeout"}[s.Timed]
	p.size = max(s.MaxElem-min(s.MaxElem, uint32(len(others))), uint32(len(same)), 1)
	for _, e := range same {
		one := piece{entry: e, answer: answer{true, e.Timeout}, whole: true}
		for i, n := range e.Nets {
			one.spans[i] = addrSpan{n.Addr(), n.Addr()}
		}
		p.entries = append(p.entries, b.element(kind, &one, true))
	}
	b.changed = append(b.changed, p)
}

// protocolOf is the one protocol that a rule is for.
func protocolOf(r *compile.Rule) (number uint8, ok bool) {
	for _, s := range r.Steps {
		if p, is := s.(*compile.Protocol); is && !p.Not {
			return p.Number, true
		}
	}
	return 0, false
}
