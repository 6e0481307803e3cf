package verify

import (
	"slices"

	"github.com/recentc/recentc/compile"
	"github.com/recentc/recentc/internal/lab"
)

// A script is what one actor sends for one rule: bursts, each within one tick, of which the last is about
// the rule itself and the others fill the lists that it asks.
type script struct {
	bursts [][]lab.Packet
	route  *route
	// window is the shortest that is asked about on the way, in seconds; 0 if there is none.
	window uint32
}

// packet is the one that reaches the rule.
func (s *script) packet() lab.Packet { last := s.bursts[len(s.bursts)-1]; return last[len(last)-1] }

const (
	// mostHits bounds the packets of one burst; a list with a larger hitcount is filled as far as that.
	mostHits = 60
	// stages bounds the lists that are filled one through the other, as port knocking does.
	stages = 8
)

// A writer makes scripts for the rules of one site.
type writer struct {
	*solver
	ways  map[*compile.Rule][]*route
	rules []*compile.Rule
}

func newWriter(s *solver) *writer {
	w := &writer{solver: s, ways: s.routes()}
	for _, c := range s.prog.Chains {
		for _, r := range c.Rules {
			if len(w.ways[r]) > 0 {
				w.rules = append(w.rules, r)
			}
		}
	}
	return w
}

// write makes the script of a rule for an actor; why says what stands in the way if it is nil.
func (w *writer) write(r *compile.Rule, actor lab.Packet) (s *script, why string) {
	return w.stage(r, actor, 0)
}

func (w *writer) stage(r *compile.Rule, actor lab.Packet, depth int) (s *script, why string) {
	p, way, why := w.solve(w.ways[r], actor)
	if why != "" {
		return nil, why
	}
	s = &script{route: way}
	hits := 2
	for _, step := range way.steps() {
		switch c := step.(type) {
		case *compile.Seen:
			w.fill(s, c, p, depth)
			hits = max(hits, min(int(c.Ring.Hits)+2, mostHits))
			if c.Ring.Window > 0 && (s.window == 0 || c.Ring.Window < s.window) {
				s.window = c.Ring.Window
			}
		case *compile.Forget:
			w.fill(s, &compile.Seen{List: c.List, Ring: compile.Listed, Not: c.Not}, p, depth)
		case *compile.Limit:
			hits = max(hits, min(int(c.Burst)+3, mostHits))
		}
	}
	s.bursts = append(s.bursts, slices.Repeat([]lab.Packet{p}, hits))
	return s, ""
}

// fill puts in front of the script what makes the list answer with yes, if the packet itself does not.
func (w *writer) fill(s *script, c *compile.Seen, p lab.Packet, depth int) {
	if c.Not || depth >= stages {
		return
	}
	way := w.candidates(&p)
	for _, r := range w.rules {
		if records(r, c.List) && slices.Contains(way, r) {
			return
		}
	}
	for _, r := range w.rules {
		if !records(r, c.List) {
			continue
		}
		if before, _ := w.stage(r, p, depth+1); before != nil && before.packet().Src == p.Src && before.packet().Dst == p.Dst {
			last := slices.Repeat([]lab.Packet{before.packet()}, min(max(1, int(c.Ring.Hits)), mostHits))
			s.bursts = append(append(s.bursts, before.bursts[:len(before.bursts)-1]...), last)
			return
		}
	}
}

// records tells whether a rule puts addresses into a list.
func records(r *compile.Rule, l *compile.List) bool {
	return slices.ContainsFunc(r.Steps, func(step compile.Step) bool {
		c, ok := step.(*compile.Record)
		return ok && c.List == l && !c.IfListed
	})
}

// touchesList tells whether some step on the way reads or writes a list.
func (r *route) touchesList() bool {
	return slices.ContainsFunc(r.steps(), func(s compile.Step) bool { return s.Kind() == compile.ListStep })
}

// fresh gives a copy of the packet a source port of its own, so that it opens a connection of its own,
// unless its way depends on the port.
func (w *writer) fresh(p lab.Packet, r *route) lab.Packet {
	q := p
	q.SPort = w.freePort()
	if w.broken(r.steps(), &q) == nil && w.caught(r, &q) == nil {
		return q
	}
	return p
}
