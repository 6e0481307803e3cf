package compile

import (
	"slices"
	"sync"

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
	if f == ast.IPv6 && (name == "ipv6-icmp" || name == "icmpv6") {
		return "icmp6"
	}
	return name
}

func extensionNames(target bool, f ast.Family) []string {
	key := namesKey{target, f}
	if names, ok := allNames.Load(key); ok {
		return names.([]string)
	}
	var names []string
	for _, n := range sortedKeys(byName[target]) {
		if find(target, n, f) != nil {
			names = append(names, n)
		}
	}
	allNames.Store(key, names)
	return names
}

// allNames are the answers of extensionNames, which nobody changes: a file of errors asks
// for them with each.
var allNames sync.Map

type namesKey struct {
	target bool
	family ast.Family
}

// Covered tells what becomes of a match or target.
type Covered struct {
	Name string
	// Family is "ip", "ip6" or "both".
	Family string
	// Reason is why it is refused; empty for one that is translated.
	Reason string
}

// Coverage lists all matches, or all targets, that recentc knows, by name.
func Coverage(target bool) (out []Covered) {
	for _, n := range sortedKeys(byName[target]) {
		for _, e := range byName[target][n] {
			c := Covered{Name: n, Family: "both", Reason: e.reason}
			if e.family != ast.FamilyUnknown {
				c.Family = e.family.String()
			}
			out = append(out, c)
		}
	}
	return out
}
