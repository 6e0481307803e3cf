package verify

import (
	"fmt"
	"math/rand/v2"
	"slices"

	"github.com/recentc/recentc/compile"
	"github.com/recentc/recentc/internal/lab"
)

// A solver finds packets for rules: it starts with any packet and repairs what is wrong with it, at
// random, until nothing is.
type solver struct {
	*site
	rng *rand.Rand
	// port is the free port last given out.
	port uint16
}

func newSolver(s *site, rng *rand.Rand) *solver {
	return &solver{site: s, rng: rng, port: uint16(rng.UintN(freePorts))}
}

// actor is a packet of nobody in particular: the far end of it is a stranger.
func (s *solver) actor() lab.Packet {
	p := lab.Packet{Proto: lab.UDP, SPort: s.freePort(), DPort: 1 + uint16(s.rng.UintN(65534)), TTL: 64, Flags: lab.SYN}
	if s.rng.IntN(3) > 0 {
		p.Proto = lab.TCP
	}
	other := &p.Src
	if s.hook == lab.Output {
		other = &p.Dst
	}
	*other = stranger(s.rng, s.family)
	s.home(&p)
	return p
}

// home gives the near end its usual address.
func (s *solver) home(p *lab.Packet) {
	near, far := "10.77.0.2", "10.78.0.2"
	if p.Src.Is6() || p.Dst.Is6() {
		near, far = "fd77::2", "fd78::2"
	}
	switch s.hook {
	case lab.Input:
		p.Dst = parse(near)
	case lab.Forward:
		p.Dst = parse(far)
	case lab.Output:
		p.Src = parse(near)
	}
}

// freePorts is how many ports are taken in turn for packets that no rule wants on a port of its own.
const freePorts = 28000

// freePort is one that was not used for long: a packet on the same port may belong to a connection that
// has been answered.
func (s *solver) freePort() uint16 {
	s.port = (s.port + 1) % freePorts
	return 32768 + s.port
}

// The limits of the search. A rule that a packet can reach is found within a few repairs.
const (
	searches = 12
	repairs  = 40
)

// solve finds a packet for the rule from an actor, by one of the routes. why tells what stood in the way
// where none was found; ok is then false.
func (s *solver) solve(routes []*route, from lab.Packet) (p lab.Packet, r *route, why string) {
	for range searches {
		for _, r := range routes {
			q, reason := s.repair(r, from)
			if reason == "" {
				return q, r, ""
			}
			why = reason
		}
	}
	return p, nil, why
}

// repair makes the packet satisfy every step of the route and slip past every rule that would end its way
// before.
func (s *solver) repair(r *route, p lab.Packet) (q lab.Packet, why string) {
	steps := r.steps()
	why = "no packet was found for which all conditions on the way to it hold"
	for range repairs {
		if step := s.broken(steps, &p); step != nil {
			if !s.change(&p, step, true) {
				return p, cannot(step)
			}
			continue
		}
		catcher := s.caught(r, &p)
		if catcher == nil {
			return p, ""
		}
		why = fmt.Sprintf("the rule at line %d takes every such packet first", catcher.Range.Start.Line)
		if !s.evade(catcher, &p) {
			return p, why
		}
	}
	return p, why
}

// broken is the first step that does not hold.
func (s *solver) broken(steps []compile.Step, p *lab.Packet) compile.Step {
	i := slices.IndexFunc(steps, func(step compile.Step) bool { return s.holds(p, step) == no })
	if i < 0 {
		return nil
	}
	return steps[i]
}

// evade makes one step of a rule fail.
func (s *solver) evade(r *compile.Rule, p *lab.Packet) bool {
	for _, i := range s.rng.Perm(len(r.Steps)) {
		q := *p
		if s.change(&q, r.Steps[i], false) && s.holds(&q, r.Steps[i]) == no {
			*p = q
			return true
		}
	}
	return false
}

// matches answers all steps of a rule together.
func (s *site) matches(p *lab.Packet, r *compile.Rule) answer {
	all := yes
	for _, step := range r.Steps {
		switch s.holds(p, step) {
		case no:
			return no
		case unknown:
			all = unknown
		}
	}
	return all
}

// noDevice begins the reason of a rule for another device than the lab's; another lab may have it.
const noDevice = "there is no device"

// cannot says why the lab has no packet for a condition.
func cannot(step compile.Step) string {
	switch c := step.(type) {
	case *compile.Conntrack:
		return "only a packet of a connection with answers has the state; the packets here are single ones"
	case *compile.Interface:
		if c.Name == "lo" && !c.Wildcard {
			return "packets on lo are the host's own, which the lab does not send"
		}
		return noDevice + " " + c.Name + " in the lab"
	case *compile.Address:
		return fmt.Sprintf("no packet with an address of %v/%v can be sent: multicast, loopback and broadcast are not", c.Addr, c.Mask)
	case *compile.ICMP, *compile.ICMP6:
		return "echo replies are not sent, because they cannot be told from answers"
	case *compile.Protocol:
		return fmt.Sprintf("packets of protocol %d are not sent", c.Number)
	case *compile.Never:
		return "the rule can never match"
	case *compile.Fragment:
		return "fragments are not sent"
	}
	return fmt.Sprintf("no packet for its -m %s was found", step.Extension())
}
