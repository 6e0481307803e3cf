package ipset

import (
	"net/netip"
	"strings"

	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/internal/diag"
)

const (
	defaultMaxElem = 65536
	defaultMembers = 8
	maxTimeout     = 2147483
)

// create reads "NAME TYPE OPTION...". A set that is there already is kept, as
// with -exist, unless it is of another type.
func (p *parser) create(args []ast.Word) {
	if len(args) < 2 {
		p.report(diag.IPSetSyntax, ast.Word{}, "a name and a type must stand behind create", "ipset refuses the line.", "Write create NAME hash:ip, for example.")
		return
	}
	t := findType(args[1].Text)
	if t == nil {
		p.bad(args[1], "%q is no type of set", args[1].Text)
		return
	}
	s := &Set{
		Name: args[0].Text, Type: t, MarkMask: 1<<32 - 1, MaxElem: defaultMaxElem, File: p.file,
		Range: p.wholeLine(), LastPort: 1<<16 - 1, index: map[Key]int{},
	}
	if t.List {
		s.MaxElem = defaultMembers
	}
	if !t.List && !t.Has(BarePort) && !(len(t.Fields) == 1 && t.Fields[0] == MAC) {
		s.Family = ast.IPv4
	}
	if !p.createOptions(s, args[2:]) || !p.checkNew(s, args[0]) {
		return
	}
	if p.sets[s.Name] != nil {
		return
	}
	p.sets[s.Name] = s
	if p.host != nil {
		s.Script, p.host.made = true, true
	}
}

// checkNew checks what can only be known behind the last option.
func (p *parser) checkNew(s *Set, name ast.Word) bool {
	old := p.sets[s.Name]
	switch {
	case s.Name == "" || len(s.Name) > 31:
		p.bad(name, "%q is not a name of 1 to 31 bytes", s.Name)
	case s.Type.Bitmap && s.Family == ast.IPv4 && !s.First.IsValid():
		p.report(diag.IPSetValue, ast.Word{}, "the range is missing", "A bitmap has a fixed range; ipset refuses the line.", "Write range FROM-TO.")
	case s.Type.Bitmap && s.Family == ast.IPv6:
		p.bad(name, "a bitmap has no IPv6 addresses")
	case old != nil && p.host != nil && !(p.exist && old.like(s)):
		p.refused(name, "there is a set %s already", s.Name)
	case old != nil && p.host == nil && (old.Type != s.Type || old.Family != s.Family):
		p.bad(name, "there is a set %s of type %s already", s.Name, old.Type.Name)
	default:
		if s.Type.Bitmap {
			s.MaxElem = defaultMaxElem
		}
		return true
	}
	return false
}

// createOptions reads the options; the family first, by which others are read.
func (p *parser) createOptions(s *Set, args []ast.Word) bool {
	for i := range args {
		if optionName(args[i]) == "family" && i+1 < len(args) && !p.family(s, args[i+1]) {
			return false
		}
	}
	for len(args) > 0 {
		n, ok := p.createOption(s, args)
		if !ok {
			return false
		}
		args = args[n:]
	}
	return true
}

func optionName(w ast.Word) string { return strings.TrimLeft(w.Text, "-") }

func (p *parser) family(s *Set, w ast.Word) bool {
	switch w.Text {
	case "inet", "ipv4", "-4":
		return true
	case "inet6", "ipv6", "-6":
		if s.Family != ast.FamilyUnknown {
			s.Family = ast.IPv6
		}
		return true
	}
	p.bad(w, "%q is no family: inet or inet6", w.Text)
	return false
}

// createOption reads one option and tells how many words it took.
func (p *parser) createOption(s *Set, args []ast.Word) (n int, ok bool) {
	switch optionName(args[0]) {
	case "counters":
		s.Counters = true
		return 1, true
	case "skbinfo":
		s.SkbInfo = true
		return 1, true
	case "forceadd":
		s.ForceAdd = true
		return 1, true
	case "comment":
		s.Comments = true
		return 1, true
	case "resize-in-progress":
		return 1, true
	}
	if len(args) < 2 {
		p.report(diag.IPSetSyntax, args[0], "unknown option "+args[0].Text+", or its value is missing", "ipset refuses the line.", "")
		return 0, false
	}
	return 2, p.createValue(s, args[0], args[1])
}

func (p *parser) createValue(s *Set, name, w ast.Word) (ok bool) {
	var n uint64
	switch optionName(name) {
	case "family":
		return true
	case "hashsize", "bucketsize", "initval", "probes", "resize", "gc":
		_, ok = p.number(w, 1<<32-1)
	case "maxelem", "size":
		n, ok = p.number(w, 1<<32-1)
		s.MaxElem = uint32(n)
	case "timeout":
		s.Timeout, ok = p.seconds(w)
		s.Timed = true
	case "markmask":
		n, ok = p.number(w, 1<<32-1)
		s.MarkMask = uint32(n)
	case "netmask", "bitmask":
		ok = p.netmask(s, name, w)
	case "range", "network", "from", "to":
		ok = p.bounds(s, optionName(name), w)
	default:
		p.report(diag.IPSetSyntax, name, "unknown option "+name.Text+" in a create line", "What it would do to the set is not known.", "")
	}
	return ok
}

// netmask reads a prefix's length, or a mask for bitmask.
func (p *parser) netmask(s *Set, name, w ast.Word) bool {
	if !s.Type.masks {
		p.bad(name, "%s takes no %s", s.Type.Name, optionName(name))
		return false
	}
	if a, err := netip.ParseAddr(w.Text); err == nil && a.BitLen() == s.bits() {
		s.Mask = a
		return true
	}
	n, ok := p.number(w, uint64(s.bits()))
	if !ok || n == 0 {
		return false
	}
	s.Mask = maskOf(s.bits(), int(n))
	return true
}

// bits is how long the set's addresses are.
func (s *Set) bits() int {
	if s.Family == ast.IPv6 {
		return 128
	}
	return 32
}

// bounds reads the range of a bitmap.
func (p *parser) bounds(s *Set, name string, w ast.Word) (ok bool) {
	if s.Type.Has(BarePort) {
		return p.portBounds(s, name, w)
	}
	low, high, ok := p.addressRange(s, w)
	if !ok || !s.Type.Bitmap {
		return ok
	}
	if name != "to" {
		s.First = low
	}
	if name != "from" {
		s.Last = high
	}
	return true
}

func (p *parser) portBounds(s *Set, name string, w ast.Word) bool {
	_, low, high, ok := p.ports(s, w)
	if name != "to" {
		s.FirstPort = low
	}
	if name != "from" {
		s.LastPort = high
	}
	return ok
}
