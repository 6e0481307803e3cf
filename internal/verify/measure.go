package verify

import (
	"context"
	"errors"
	"net/netip"

	"github.com/recentc/recentc/internal/lab"
)

// A measurement is what became of a trace.
type measurement struct {
	result lab.Result
	counts counters
	late   bool
}

// tries is how often a trace is sent until the machine is quick enough.
const tries = 5

// measure sends a trace to new instances of both sides.
func (r *run) measure(ctx context.Context, trace lab.Trace) (m measurement, err error) {
	cfg := r.cfg
	cfg.Candidates = append(r.original.candidates(), lab.Candidate{Name: translation, Load: r.firewall.load})
	l, err := lab.New(cfg)
	if err != nil {
		return m, err
	}
	defer func() { err = errors.Join(err, l.Close()) }()
	m.result, err = l.RunOnTime(ctx, tries, trace)
	if errors.Is(err, lab.ErrLate) {
		m.late, err = true, nil
	}
	if err != nil {
		return m, err
	}
	m.counts, err = r.original.finish(r, trace, l, &m.result)
	return m, err
}

// journey is what decides whether a packet arrives where there are no rules.
type journey struct {
	src, dst netip.Addr
	proto    lab.Protocol
	in       string
	message  lab.ICMPMessage
}

func journeyOf(p lab.Packet) journey { return journey{p.Src, p.Dst, p.Proto, p.In, p.Message} }

// mostLost bounds the search for packets that do not arrive.
const mostLost = 30

// dropUnreachable leaves out the packets that do not even arrive where there are no rules: a source that
// is also somebody's destination, for one.
func (r *run) dropUnreachable(ctx context.Context) (err error) {
	cfg := r.cfg
	cfg.Candidates = []lab.Candidate{{Name: "reach"}}
	l, err := lab.New(cfg)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, l.Close()) }()
	for range mostLost {
		_, err := l.Run(ctx, journeys(r.plan.trace))
		var lost *lab.LostError
		if !errors.As(err, &lost) {
			return err
		}
		bad := journeyOf(lost.Packet)
		r.plan.without(func(p lab.Packet) bool {
			return p.Src == bad.src && p.Dst == bad.dst && p.Proto == bad.proto && p.Message == bad.message
		})
		if err := l.Reload(); err != nil {
			return err
		}
	}
	return errors.New("many of the packets do not arrive even without rules")
}

// journeys is a trace with one packet of each journey.
func journeys(trace lab.Trace) (out lab.Trace) {
	seen := map[journey]bool{}
	for _, packets := range trace {
		for _, p := range packets {
			if seen[journeyOf(p)] {
				continue
			}
			seen[journeyOf(p)] = true
			if len(out) == 0 || len(out[len(out)-1]) >= mostInTick {
				out = append(out, nil)
			}
			out[len(out)-1] = append(out[len(out)-1], p)
		}
	}
	return out
}
