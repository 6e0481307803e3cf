package verify

import (
	"cmp"
	"errors"
	"fmt"
	"time"

	"github.com/recentc/recentc/compile"
	"github.com/recentc/recentc/internal/lab"
	"github.com/recentc/recentc/internal/model"
)

// modelSide is the original as the model interprets it, for kernels without xt_recent.
type modelSide struct{ *bench }

// candidates: no namespace is needed.
func (m *modelSide) candidates() []lab.Candidate { return nil }

// try leaves out the rules that the model has no notion of.
func (m *modelSide) try() (again bool, err error) {
	_, err = m.machine()
	var unknown model.Unknown
	if !errors.As(err, &unknown) {
		return false, err
	}
	for _, gap := range unknown {
		at := m.ruleAt(gap.Rule.File.Name, gap.Rule.Range)
		if at == nil {
			return false, unknown
		}
		if m.out[at] == "" {
			m.out[at], again = fmt.Sprintf("the model does not interpret %s: %s", gap.Part, gap.Why), true
		}
	}
	return again, nil
}

func (m *modelSide) machine() (*model.Machine, error) {
	return model.New(m.programs, model.Options{ListTot: m.Compile.IPListTot})
}

// finish plays the packets that were sent, each at the time of its tick.
func (m *modelSide) finish(r *run, _ *lab.Lab, result *lab.Result) (counters, error) {
	machine, err := m.machine()
	if err != nil {
		return nil, err
	}
	counts, flows := counters{}, map[lab.Packet]bool{}
	for i, p := range result.Packets {
		packet := r.modelPacket(&p)
		packet.Opens = packet.State == compile.CtNew && !flows[flowOf(p)]
		v, err := machine.Step(time.Duration(result.Ticks[i])*lab.Grid, paths[r.cfg.Hook], packet)
		if err != nil {
			return nil, fmt.Errorf("%v: %w", p, err)
		}
		flows[flowOf(p)] = flows[flowOf(p)] || v.Outcome == model.Accepted
		counts.add(v.Rules)
		note(result, v)
	}
	return counts, nil
}

// note adds a verdict to the result. As in the lab a packet that was dropped leaves with no mark.
func note(result *lab.Result, v model.Verdict) {
	accepted, mark := v.Outcome == model.Accepted, v.Mark
	if !accepted {
		mark = 0
	}
	result.Accepted[original] = append(result.Accepted[original], accepted)
	result.Marks[original] = append(result.Marks[original], mark)
}

func (c counters) add(rules []*compile.Rule) {
	for _, r := range rules {
		c[r]++
	}
}

// paths are the ways of packets by the lab's hook.
var paths = map[lab.Hook]model.Path{lab.Input: model.Incoming, lab.Forward: model.Forwarded, lab.Output: model.Outgoing}

// flowOf is what is the same in all packets of a connection.
func flowOf(p lab.Packet) lab.Packet {
	return lab.Packet{Src: p.Src, Dst: p.Dst, Proto: p.Proto, SPort: p.SPort, DPort: p.DPort}
}

// answered finds the packets that may belong to a connection that the host has answered, so that their
// state depends on more than the rules: echo requests, and TCP packets that do not open one, after another
// of the same ports.
func answered() func(lab.Packet) bool {
	seen := map[lab.Packet]bool{}
	return func(p lab.Packet) bool {
		again := seen[flowOf(p)]
		seen[flowOf(p)] = true
		return again && (p.Proto == lab.ICMP || p.Proto == lab.TCP && p.Flags != lab.SYN)
	}
}

// modelPacket is the packet as the kernel sees it on the lab's devices.
func (r *run) modelPacket(p *lab.Packet) model.Packet {
	m := message(p)
	out := model.Packet{
		Src: p.Src, Dst: p.Dst, Protocol: protocol(p), SPort: p.SPort, DPort: p.DPort, Flags: uint8(p.Flags),
		Type: m.Type, Code: m.Code, TTL: p.TTL, Length: uint16(length(p)), State: stateOf(p),
	}
	if r.cfg.Hook != lab.Output {
		out.In = cmp.Or(p.In, r.cfg.In[0])
	}
	if r.cfg.Hook != lab.Input {
		out.Out = r.cfg.Out
	}
	return out
}
