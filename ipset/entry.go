package ipset

import (
	"net/netip"
	"strings"

	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/internal/diag"
)

// entry reads an entry's value and options. Ranges give a key for each of what
// they cover, as in the kernel.
func (p *parser) entry(s *Set, args []ast.Word, e *Entry) (keys []Key, at placing, ok bool) {
	if len(args) == 0 {
		p.report(diag.IPSetSyntax, ast.Word{}, "the entry is missing", "ipset refuses the line.", "Write it behind the set's name.")
		return nil, at, false
	}
	wild := false
	for rest := args[1:]; len(rest) > 0; {
		n := 1
		switch name := optionName(rest[0]); name {
		case "nomatch":
			e.NoMatch = true
		case "wildcard":
			wild = true
		default:
			if len(rest) < 2 || !p.entryOption(s, e, &at, name, rest) {
				if len(rest) < 2 {
					p.report(diag.IPSetSyntax, rest[0], "unknown option "+rest[0].Text+", or its value is missing", "ipset refuses the line.", "")
				}
				return nil, at, false
			}
			n = 2
		}
		rest = rest[n:]
	}
	keys, ok = p.keys(s, args[0])
	for i := range keys {
		keys[i].Wildcard = wild
	}
	if e.NoMatch && !s.Type.Has(Net) {
		p.bad(args[0], "%s has no nomatch", s.Type.Name)
		ok = false
	}
	return keys, at, ok
}

// entryOption reads an option with its value.
func (p *parser) entryOption(s *Set, e *Entry, at *placing, name string, args []ast.Word) (ok bool) {
	w := args[1]
	switch name {
	case "timeout":
		e.Timeout, ok = p.seconds(w)
		if !s.Timed {
			p.refused(args[0], "set %s was created without timeout", s.Name)
			return false
		}
	case "packets", "bytes", "comment", "skbmark", "skbprio", "skbqueue":
		return p.extra(s, e, name, args)
	case "before", "after":
		at.at, at.before, ok = w.Text, name == "before", p.hasMember(s, w)
	default:
		p.report(diag.IPSetSyntax, args[0], "unknown option "+args[0].Text+" of an entry", "What it would do is not known.", "")
	}
	return ok
}

// extra reads an option that needs one of create.
func (p *parser) extra(s *Set, e *Entry, name string, args []ast.Word) (ok bool) {
	w := args[1]
	has, needs := s.SkbInfo, "skbinfo"
	switch name {
	case "packets", "bytes":
		has, needs = s.Counters, "counters"
	case "comment":
		has, needs = s.Comments, "comment"
	}
	if p.host != nil && !has {
		p.refused(args[0], "set %s was created without %s", s.Name, needs)
		return false
	}
	switch name {
	case "packets":
		e.Packets, ok = p.number(w, 1<<64-1)
	case "bytes":
		e.Bytes, ok = p.number(w, 1<<64-1)
	case "comment":
		e.Comment, ok = w.Text, true
	case "skbmark":
		ok = p.skbMark(e, w)
	case "skbprio":
		ok = p.skbPrio(e, w)
	case "skbqueue":
		var n uint64
		n, ok = p.number(w, 1<<16-1)
		e.SkbQueue = uint16(n)
	}
	return ok
}

func (p *parser) hasMember(s *Set, w ast.Word) bool {
	if _, ok := s.index[Key{Member: w.Text}]; !ok {
		p.bad(w, "%s is not in the list %s", w.Text, s.Name)
		return false
	}
	return true
}

func (p *parser) skbMark(e *Entry, w ast.Word) bool {
	mark, mask, has := strings.Cut(w.Text, "/")
	n, ok := parseNumber(mark, 1<<32-1)
	m, okMask := uint64(1<<32-1), true
	if has {
		m, okMask = parseNumber(mask, 1<<32-1)
	}
	if !ok || !okMask {
		p.bad(w, "%q is not MARK or MARK/MASK", w.Text)
		return false
	}
	e.SkbMark, e.SkbMask = uint32(n), uint32(m)
	return true
}

// skbPrio reads "MAJOR:MINOR" in hexadecimal.
func (p *parser) skbPrio(e *Entry, w ast.Word) bool {
	major, minor, has := strings.Cut(w.Text, ":")
	a, ok := parseNumber("0x"+major, 1<<16-1)
	b, okMinor := parseNumber("0x"+minor, 1<<16-1)
	if !ok || !okMinor || !has {
		p.bad(w, "%q is not MAJOR:MINOR", w.Text)
		return false
	}
	e.SkbPrio = uint32(a)<<16 | uint32(b)
	return true
}

// keys reads the entry's value, field by field, behind commas.
func (p *parser) keys(s *Set, w ast.Word) ([]Key, bool) {
	if s.Type.List {
		return []Key{{Member: w.Text}}, p.memberFits(s, w)
	}
	parts := strings.Split(w.Text, ",")
	if len(parts) != len(s.Type.Fields) && !(s.Type.Name == "bitmap:ip,mac" && len(parts) == 1) {
		p.bad(w, "%q does not have the parts of %s", w.Text, s.Type.Name)
		return nil, false
	}
	keys := []Key{{}}
	nets, at := 0, 0
	for i, text := range parts {
		word := ast.Word{Text: text, Range: w.Range}
		word.Start.Column += uint32(at)
		word.End.Column = word.Start.Column + uint32(len(text))
		at += len(text) + 1
		var ok bool
		if keys, ok = p.field(s, s.Type.Fields[i], nets, word, keys); !ok {
			return nil, false
		}
		if f := s.Type.Fields[i]; f == IP || f == Net {
			nets++
		}
	}
	return keys, true
}

// memberFits checks a member of a list.
func (p *parser) memberFits(s *Set, w ast.Word) bool {
	switch member := p.sets[w.Text]; {
	case member == nil:
		p.report(diag.IPSetUnknown, w, "there is no set "+w.Text+" at this line", "No create line in front of it makes the set; ipset refuses the line.",
			"Save all sets with `ipset save`, or give the file that creates it first.")
	case member.Type.List:
		p.bad(w, "%s is a list itself", w.Text)
	default:
		return true
	}
	return false
}

// field reads one field; each key becomes one for each value of it.
func (p *parser) field(s *Set, f Field, number int, w ast.Word, keys []Key) ([]Key, bool) {
	switch f {
	case IP, Net:
		return p.addressField(s, f, number, w, keys)
	case Port, BarePort:
		return p.portField(s, f, w, keys)
	case MAC:
		mac, ok := p.mac(w)
		keys[0].MAC, keys[0].HasMAC = mac, true
		return keys, ok
	case Mark:
		n, ok := p.number(w, 1<<32-1)
		for i := range keys {
			keys[i].Mark = uint32(n) & s.MarkMask
		}
		return keys, ok
	case Iface:
		return keys, p.iface(w, keys)
	}
	return nil, false
}

func (p *parser) iface(w ast.Word, keys []Key) bool {
	name, bridge := strings.CutPrefix(w.Text, "physdev:")
	if name == "" || len(name) > 15 {
		p.bad(w, "%q is not the name of a device", name)
		return false
	}
	for i := range keys {
		keys[i].Iface, keys[i].Bridge = name, bridge
	}
	return true
}

func (p *parser) addressField(s *Set, f Field, number int, w ast.Word, keys []Key) ([]Key, bool) {
	low, high, ok := p.addressRange(s, w)
	if !ok {
		return nil, false
	}
	if s.Type.Bitmap && (low.Less(s.First) || s.Last.Less(high)) {
		p.bad(w, "%s is outside of the range of set %s", w.Text, s.Name)
		return nil, false
	}
	var nets []netip.Prefix
	if f == IP {
		nets, ok = singles(s, low, high)
	} else {
		nets = prefixes(low, high)
		ok = s.Type.zero || nets[0].Bits() > 0
	}
	if !ok && f == Net {
		p.bad(w, "%s is too much for an entry of set %s", w.Text, s.Name)
		return nil, false
	}
	if !ok || len(nets)*len(keys) > maxKeys {
		p.tooManyKeys(s, w)
		return nil, false
	}
	s.Ranges = s.Ranges || f == IP && len(nets) > 1
	return multiply(keys, len(nets), func(k *Key, i int) { k.Nets[number] = nets[i] }), true
}

func (p *parser) portField(s *Set, f Field, w ast.Word, keys []Key) ([]Key, bool) {
	protocol, low, high, ok := p.ports(s, w)
	if !ok {
		return nil, false
	}
	if f == BarePort {
		protocol = 0
		s.Ranges = s.Ranges || high > low
		if low < s.FirstPort || high > s.LastPort {
			p.bad(w, "%s is outside of the range of set %s", w.Text, s.Name)
			return nil, false
		}
	}
	n := int(high) - int(low) + 1
	if n*len(keys) > maxKeys {
		p.tooManyKeys(s, w)
		return nil, false
	}
	return multiply(keys, n, func(k *Key, i int) { k.Protocol, k.Port = protocol, low+uint16(i) }), true
}

// multiply makes n keys of each one.
func multiply(keys []Key, n int, set func(k *Key, i int)) []Key {
	if n == 1 {
		for i := range keys {
			set(&keys[i], 0)
		}
		return keys
	}
	out := make([]Key, 0, n*len(keys))
	for _, k := range keys {
		for i := range n {
			set(&k, i)
			out = append(out, k)
		}
	}
	return out
}
