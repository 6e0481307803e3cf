package modellab

import (
	"fmt"
	"time"

	"github.com/recentc/recentc/compile"
	"github.com/recentc/recentc/internal/lab"
	"github.com/recentc/recentc/internal/model"
)

var paths = map[lab.Hook]model.Path{lab.Input: model.Incoming, lab.Forward: model.Forwarded, lab.Output: model.Outgoing}

// Path is the way of packets that a lab sends to the hook.
func Path(h lab.Hook) model.Path { return paths[h] }

// Play sends a trace to a machine that has seen no packet, each packet at the time of its tick, and returns
// the verdicts in the order sent. The packet after which its connection exists is the first that is accepted.
// Answers are not thought of: no packet may belong to a connection that the host has answered, if the rules
// ask for states.
func Play(m *model.Machine, cfg lab.Config, trace lab.Trace) ([]model.Verdict, error) {
	packets, ticks := trace.Flatten(cfg.Hook)
	verdicts := make([]model.Verdict, 0, len(packets))
	flows := map[lab.Packet]bool{}
	for i := range packets {
		p := Packet(cfg, &packets[i])
		flow := FlowOf(packets[i])
		p.Opens = p.State == compile.CtNew && !flows[flow]
		v, err := m.Step(time.Duration(ticks[i])*lab.Grid, paths[cfg.Hook], p)
		if err != nil {
			return nil, fmt.Errorf("%v: %w", packets[i], err)
		}
		flows[flow] = flows[flow] || v.Outcome == model.Accepted
		verdicts = append(verdicts, v)
	}
	return verdicts, nil
}

// FlowOf is what is the same in all packets of a connection in one direction.
func FlowOf(p lab.Packet) lab.Packet {
	return lab.Packet{Src: p.Src, Dst: p.Dst, Proto: p.Proto, SPort: p.SPort, DPort: p.DPort}
}

// Add puts the verdicts into the result of the same trace, as those of a candidate.
func Add(r *lab.Result, candidate string, verdicts []model.Verdict) {
	for _, v := range verdicts {
		accepted, mark := v.Outcome == model.Accepted, v.Mark
		if !accepted {
			mark = 0 // as in the lab
		}
		r.Accepted[candidate] = append(r.Accepted[candidate], accepted)
		r.Marks[candidate] = append(r.Marks[candidate], mark)
	}
}

// Predict plays a trace on the model alone and returns what a lab with it as its candidate would have seen.
func Predict(m *model.Machine, cfg lab.Config, candidate string, trace lab.Trace) (lab.Result, error) {
	verdicts, err := Play(m, cfg, trace)
	if err != nil {
		return lab.Result{}, err
	}
	r := lab.Result{Accepted: map[string][]bool{}, Marks: map[string][]uint32{}}
	r.Packets, r.Ticks = trace.Flatten(cfg.Hook)
	Add(&r, candidate, verdicts)
	return r, nil
}
