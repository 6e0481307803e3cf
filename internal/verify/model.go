package verify

import (
	"errors"
	"fmt"

	"github.com/recentc/recentc/internal/lab"
	"github.com/recentc/recentc/internal/model"
	"github.com/recentc/recentc/internal/modellab"
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
		at := m.ruleAt(gap.Rule.File.Name, gap.Rule.Range, gap.Rule.Ran)
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
func (m *modelSide) finish(r *run, trace lab.Trace, _ *lab.Lab, result *lab.Result) (counters, error) {
	machine, err := m.machine()
	if err != nil {
		return nil, err
	}
	verdicts, err := modellab.Play(machine, r.cfg, trace)
	if err != nil {
		return nil, err
	}
	modellab.Add(result, original, verdicts)
	counts := counters{}
	for _, v := range verdicts {
		for _, rule := range v.Rules {
			counts[rule]++
		}
	}
	return counts, nil
}

// answered finds the packets that may belong to a connection that the host has answered, so that their
// state depends on more than the rules: echo requests, and TCP packets that do not open one, after another
// of the same ports.
func answered() func(lab.Packet) bool {
	seen := map[lab.Packet]bool{}
	return func(p lab.Packet) bool {
		again := seen[modellab.FlowOf(p)]
		seen[modellab.FlowOf(p)] = true
		return again && (p.Proto == lab.ICMP || p.Proto == lab.TCP && p.Flags != lab.SYN)
	}
}
