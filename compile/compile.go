// Package compile gives rule files their meaning: it resolves options to typed
// matches and targets, checks them as iptables and the kernel do, applies the
// commands in order, and gives the backend-neutral Program of what stands at
// the end.
//
// It stands between grammar and the backends and knows neither nftables nor
// eBPF. Each match and target has a file of its own, named after it; registry.go
// lists them all.
package compile

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/internal/diag"
	"github.com/recentc/recentc/ipset"
)

// Options are what the caller knows beside the rules.
type Options struct {
	// Family overrides what the inputs tell; FamilyUnknown lets them tell.
	Family ast.Family
	// IPListTot is how many addresses a list holds; 0 leaves it to the backend.
	IPListTot uint32
	// IPPktListTot is xt_recent's parameter ip_pkt_list_tot; 0 is not known.
	IPPktListTot uint32
	// Kernel is the kernel the rules were written for; the zero Version is the newest.
	Kernel Version
	// Sets are those of ipset, by name; nil where nothing is known of them.
	Sets ipset.Collection

	// noSetFile tells that all of Sets were made by a script so far.
	noSetFile bool
}

// Version is a kernel's version.
type Version struct{ Major, Minor int }

// ParseVersion reads "5.10", "6.1.0-13-amd64" and the like.
func ParseVersion(s string) (Version, bool) {
	major, rest, _ := strings.Cut(s, ".")
	minor := strings.FieldsFunc(rest, func(r rune) bool { return r < '0' || r > '9' })
	v := Version{}
	var err error
	if v.Major, err = strconv.Atoi(major); err != nil || v.Major < 0 || v.Major > 99 {
		return Version{}, false
	}
	if len(minor) > 0 && strings.HasPrefix(rest, minor[0]) {
		v.Minor, err = strconv.Atoi(minor[0])
	}
	return v, err == nil
}

// AtLeast tells whether v is the given version or a later one.
func (v Version) AtLeast(major, minor int) bool {
	return v.Major > major || v.Major == major && v.Minor >= minor
}

// Compile gives one Program for each address family in the inputs, IPv4 first.
// Programs are returned even where there are errors; rules that failed are
// marked in them.
func Compile(files []*ast.File, opts Options) ([]*Program, diag.List) {
	var diags diag.List
	sets := ruleSets(files, &opts, &diags)
	var programs []*Program
	for _, family := range []ast.Family{ast.IPv4, ast.IPv6} {
		if s := sets[family]; s != nil {
			programs = append(programs, s.program(files))
		}
	}
	checkShared(programs, &diags)
	account(files, sets, programs, &opts, &diags)
	return programs, diags
}

// ruleSets are the states at the end of all files, one for each family in them.
func ruleSets(files []*ast.File, opts *Options, diags *diag.List) map[ast.Family]*ruleSet {
	sets := map[ast.Family]*ruleSet{}
	for _, f := range files {
		for _, family := range familiesOf(f, opts.Family) {
			if sets[family] == nil {
				sets[family] = newRuleSet(family, opts, diags)
			}
			sets[family].load(f)
		}
	}
	return sets
}

func newRuleSet(family ast.Family, opts *Options, diags *diag.List) *ruleSet {
	return &ruleSet{opts: opts, family: family, diags: diags, tables: map[string]*table{}}
}

// program runs the passes over a finished rule set.
func (s *ruleSet) program(files []*ast.File) *Program {
	checkLoops(s)
	reach := reachable(s)
	checkHooks(s, reach)
	p := &Program{Family: s.family, Lists: lowerLists(s, reach), Sets: usedSets(s)}
	for _, f := range files {
		p.Sources = append(p.Sources, f.Name)
	}
	for _, t := range s.order {
		p.Chains = append(p.Chains, t.used()...)
	}
	return p
}

func sortedKeys[V any](m map[string]V) []string {
	return slices.SortedFunc(maps.Keys(m), cmp.Compare[string])
}
