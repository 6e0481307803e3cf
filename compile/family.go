package compile

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/recentc/recentc/ast"
)

// familiesOf tells for which families a file has rules. Command lines say it
// themselves; for a save file the header, the name and the addresses decide.
func familiesOf(f *ast.File, forced ast.Family) []ast.Family {
	if forced != ast.FamilyUnknown {
		return []ast.Family{forced}
	}
	if f.Style == ast.Commands {
		return commandFamilies(f)
	}
	named := nameFamily(f.Name)
	if f.Family != ast.FamilyUnknown && !misleads(f, named) {
		return []ast.Family{f.Family}
	}
	if servesBoth(f) {
		return []ast.Family{ast.IPv4, ast.IPv6}
	}
	if named != ast.FamilyUnknown {
		return []ast.Family{named}
	}
	return []ast.Family{addressFamily(f)}
}

// misleads tells whether a file's header was left over from another file: to
// iptables-restore it is a comment, and both the name and the rules say otherwise.
func misleads(f *ast.File, named ast.Family) bool {
	return named != ast.FamilyUnknown && named != f.Family && named == saidFamily(f)
}

// servesBoth tells whether a file is written for iptables-restore and
// ip6tables-restore alike: then some of its rules have -4 or -6.
func servesBoth(f *ast.File) bool {
	return slices.ContainsFunc(f.Entries, func(e ast.Entry) bool {
		r, ok := e.(*ast.Rule)
		return ok && r.Only != ast.FamilyUnknown
	})
}

func commandFamilies(f *ast.File) (out []ast.Family) {
	found := [3]bool{}
	for _, e := range f.Entries {
		if r, ok := e.(*ast.Rule); ok {
			found[r.Family] = true
		}
	}
	for _, family := range []ast.Family{ast.IPv4, ast.IPv6} {
		if found[family] {
			out = append(out, family)
		}
	}
	return out
}

// sixRules finds ufw's user6.rules and the like, and not host16.rules.
var sixRules = regexp.MustCompile(`[^0-9]6\.rules`)

func nameFamily(name string) ast.Family {
	base := strings.ToLower(path.Base(name))
	switch {
	case strings.Contains(base, "ip6") || strings.Contains(base, "v6") || sixRules.MatchString(base):
		return ast.IPv6
	case strings.Contains(base, "v4"):
		return ast.IPv4
	}
	return ast.FamilyUnknown
}

// addressFamily looks at what only one of the families has. Where nothing has, it is IPv4.
func addressFamily(f *ast.File) ast.Family {
	if found := saidFamily(f); found != ast.FamilyUnknown {
		return found
	}
	return ast.IPv4
}

// saidFamily is the family of the first option that only one of them has.
func saidFamily(f *ast.File) ast.Family {
	for _, e := range f.Entries {
		r, ok := e.(*ast.Rule)
		if !ok {
			continue
		}
		options := r.Options(nil)
		for i := range options {
			if family := optionFamily(&options[i]); family != ast.FamilyUnknown {
				return family
			}
		}
	}
	return ast.FamilyUnknown
}

func optionFamily(o *ast.Option) ast.Family {
	if len(o.Values) == 0 {
		return ast.FamilyUnknown
	}
	v := o.Values[0].Text
	switch o.Name {
	case "-s", "-d", "--source", "--destination", "--src", "--dst", "--mask":
		if strings.Contains(v, ":") {
			return ast.IPv6
		}
		if strings.Contains(v, ".") {
			return ast.IPv4
		}
	case "-p", "--protocol", "--icmpv6-type", "--icmp-type":
		switch {
		case v == "icmp":
			return ast.IPv4
		case v == "icmpv6" || v == "ipv6-icmp" || o.Name == "--icmpv6-type":
			return ast.IPv6
		}
	case "-m", "--match":
		switch v {
		case "icmp6", "hl", "eui64", "rt", "hbh", "dst", "frag", "ipv6header", "mh":
			return ast.IPv6
		}
	}
	return ast.FamilyUnknown
}
