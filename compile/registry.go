package compile

import (
	"slices"

	"github.com/recentc/recentc/ast"
)

// extensions lists every match and target that recentc knows: those that it
// translates, and those that it can only name. A new one is a file and a line here.
var extensions = slices.Concat(matches, targets, unsupportedMatches, unsupportedTargets)

// byName finds extensions by name, matches and targets apart. Some names stand
// for one extension in each family.
var byName = map[bool]map[string][]*extension{}

func init() {
	byName[false], byName[true] = map[string][]*extension{}, map[string][]*extension{}
	for _, e := range extensions {
		m := byName[e.isTarget()]
		m[e.name] = append(m[e.name], e)
	}
}

// isTarget tells a target from a match; targets are in capitals.
func (e *extension) isTarget() bool { return e.name != "" && e.name[0] >= 'A' && e.name[0] <= 'Z' }

func findMatch(name string, f ast.Family) *extension { return find(false, matchAlias(name, f), f) }

func findTarget(name string, f ast.Family) *extension { return find(true, name, f) }

func find(target bool, name string, f ast.Family) *extension {
	for _, e := range byName[target][name] {
		if e.family == ast.FamilyUnknown || e.family == f {
			return e
		}
	}
	return nil
}

// matchAlias gives the name under which iptables loads a protocol's match.
func matchAlias(name string, f ast.Family) string {
	switch {
	case f == ast.IPv6 && (name == "ipv6-icmp" || name == "icmpv6" || name == "icmp6"):
		return "icmp6"
	case name == "udplite":
		return "udplite"
	}
	return name
}

func extensionNames(target bool, f ast.Family) []string {
	var names []string
	for _, n := range sortedKeys(byName[target]) {
		if find(target, n, f) != nil {
			names = append(names, n)
		}
	}
	return names
}

// Extensions returns the names of all matches, or of all targets, that are
// translated, for the tests that hold the backends to the list.
func Extensions(target bool) []string {
	var names []string
	for _, n := range sortedKeys(byName[target]) {
		for _, e := range byName[target][n] {
			if e.match != nil || e.target != nil {
				names = append(names, n)
				break
			}
		}
	}
	return names
}
