// Package explain tells what the recent rules of a rule set do, list by list, in plain words: who records an
// address, who asks for it and who removes it, in the order in which packets meet the rules.
//
// It stands behind compile and the backends, and has the model try what words would only promise: how many
// packets pass before a rule matches.
package explain

import (
	"fmt"
	"slices"

	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/backend"
	"github.com/recentc/recentc/compile"
	"github.com/recentc/recentc/internal/verify"
)

// List is the story of one list.
type List struct {
	Name   string `json:"name"`
	Family string `json:"family"`
	// Addresses says which of a packet's addresses it is about.
	Addresses string `json:"addresses"`
	// Mask is empty if addresses are kept as they are.
	Mask string `json:"mask,omitempty"`
	// Uses are in the order in which packets meet them.
	Uses []Use `json:"uses"`
	// Notes say what stands out about the whole.
	Notes []string `json:"notes,omitempty"`
}

// Use is a rule that has to do with a list.
type Use struct {
	Place string `json:"place"`
	Chain string `json:"chain"`
	Rule  string `json:"rule"`
	// Does says what the rule does to a packet.
	Does string `json:"does"`
	// Tried says what the model saw; empty where nothing was to be tried.
	Tried string `json:"tried,omitempty"`
	// Fidelity is how faithful each backend is to the rule's matches about the list.
	Fidelity []Fidelity `json:"fidelity"`

	rule    *compile.Rule
	matches []*compile.Recent
}

// Fidelity is a backend's word about a match.
type Fidelity struct {
	Backend string `json:"backend"`
	Degree  string `json:"degree"`
	Reason  string `json:"reason,omitempty"`
}

// Backend is what a backend says of all matches; of those in rules that it refuses it says nothing.
type Backend struct {
	Name    string
	Matches []backend.Match
}

// Lists tells the stories of all lists, by family and name.
func Lists(programs []*compile.Program, backends ...Backend) (out []List) {
	words := wordsOf(backends)
	for _, p := range programs {
		t := &teller{program: p, users: users(p), scout: verify.NewScout(p), words: words}
		for _, l := range p.Lists {
			out = append(out, t.list(l))
		}
	}
	return out
}

type teller struct {
	program *compile.Program
	// users are the rules of each list, in the packets' order.
	users map[string][]placed
	scout *verify.Scout
	// words are what the backends say of each match.
	words map[*compile.Recent][]Fidelity
	// spent is what trying took so far; see mostSpent.
	spent int
}

func wordsOf(backends []Backend) map[*compile.Recent][]Fidelity {
	out := map[*compile.Recent][]Fidelity{}
	for _, b := range backends {
		for _, m := range b.Matches {
			out[m.Recent] = append(out[m.Recent], Fidelity{b.Name, m.Fidelity.String(), m.Reason})
		}
	}
	return out
}

func (t *teller) list(l *compile.List) List {
	out := List{Name: l.Name, Family: "IPv4", Addresses: addresses(l)}
	if t.program.Family == ast.IPv6 {
		out.Family = "IPv6"
	}
	if !l.FullMask() {
		out.Mask = l.Mask.String()
	}
	for _, at := range t.users[l.Name] {
		out.Uses = append(out.Uses, t.use(at, about(at.rule, l.Name)))
	}
	out.Notes = notes(l)
	return out
}

func (t *teller) use(at placed, matches []*compile.Recent) Use {
	r := at.rule
	u := Use{
		Place: fmt.Sprintf("%s:%d", r.File.Name, r.Range.Start.Line), Chain: at.chain.Table + " " + at.chain.Name,
		Rule: r.Source, Does: sentence(r), rule: r, matches: matches,
	}
	if slices.ContainsFunc(matches, asks) {
		u.Tried = t.try(r, matches)
	}
	for _, m := range matches {
		u.Fidelity = append(u.Fidelity, t.words[m]...)
	}
	return u
}

func asks(m *compile.Recent) bool { return m.Op == compile.RCheck || m.Op == compile.Update }

// about are the rule's matches about a list, in the order written; all of them for an empty name.
func about(r *compile.Rule, list string) (out []*compile.Recent) {
	for _, s := range r.Steps {
		if m := compile.Origin(s); m != nil && (list == "" || m.Name == list) && !slices.Contains(out, m) {
			out = append(out, m)
		}
	}
	return out
}

func addresses(l *compile.List) string {
	switch {
	case l.Sides[compile.SourceSide] && l.Sides[compile.DestSide]:
		return "source and destination addresses"
	case l.Sides[compile.DestSide]:
		return "destination addresses"
	}
	return "source addresses"
}

func notes(l *compile.List) (out []string) {
	switch {
	case !l.Written && l.Read:
		out = append(out, "No rule records an address here: it is filled from outside, through /proc/net/xt_recent/"+l.Name+", or it stays empty.")
	case l.Written && !l.Read && !l.Forgets:
		out = append(out, "No rule asks it.")
	}
	if len(l.Tables) > 1 {
		out = append(out, "It is shared by several tables.")
	}
	return out
}
