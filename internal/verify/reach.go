package verify

import (
	"math/rand/v2"

	"github.com/recentc/recentc/compile"
	"github.com/recentc/recentc/internal/lab"
)

// A Scout finds packets that come to the rules of a program.
type Scout struct{ trips []trip }

// A trip is one lab in which packets could be sent, and the ways to the rules in it.
type trip struct {
	cfg    lab.Config
	solver *solver
	routes map[*compile.Rule][]*route
}

// NewScout looks for the ways to all rules.
func NewScout(p *compile.Program) *Scout {
	s := &Scout{}
	b := &bench{programs: []*compile.Program{p}}
	for _, run := range b.runs() {
		solver := newSolver(run.sites[0], rand.New(rand.NewPCG(1, 1)))
		s.trips = append(s.trips, trip{run.cfg, solver, solver.routes()})
	}
	return s
}

// A Scene is a packet that comes to a rule and meets all of its conditions but those about lists and meters.
type Scene struct {
	Packet lab.Packet
	// Config is the lab that it would be sent in.
	Config lab.Config
	// Program has of all rules only those that may match the packet.
	Program *compile.Program
}

// Reach finds a scene for a rule; ok is false where none was found.
func (s *Scout) Reach(r *compile.Rule) (scene Scene, ok bool) {
	for _, t := range s.trips {
		if routes := t.routes[r]; len(routes) > 0 {
			if packet, _, why := t.solver.solve(routes, t.solver.actor()); why == "" {
				return Scene{packet, t.cfg, t.solver.reduced(&packet)}, true
			}
		}
	}
	return Scene{}, false
}

// reduced is the program without the rules that cannot match the packet, and without the lists that no
// other rule uses.
func (s *site) reduced(p *lab.Packet) *compile.Program {
	kept, lists := map[*compile.Rule]bool{}, map[string]bool{}
	for _, r := range s.candidates(p) {
		kept[r] = true
		for _, step := range r.Steps {
			if m := compile.Origin(step); m != nil {
				lists[m.Name] = true
			}
		}
	}
	out := *s.prog
	out.Chains, out.Lists = make([]*compile.Chain, len(s.prog.Chains)), nil
	for i, c := range s.prog.Chains {
		copied := *c
		copied.Rules = nil
		for _, r := range c.Rules {
			if kept[r] {
				copied.Rules = append(copied.Rules, r)
			}
		}
		out.Chains[i] = &copied
	}
	for _, l := range s.prog.Lists {
		if lists[l.Name] {
			out.Lists = append(out.Lists, l)
		}
	}
	return &out
}
