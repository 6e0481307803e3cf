package live

import (
	"fmt"
	"slices"

	"github.com/recentc/recentc/backend/ebpf"
	bpf "github.com/recentc/recentc/backend/ebpf/loader"
	"github.com/recentc/recentc/compile"
)

// ProgramsStatus is what of BPF programs is loaded.
type ProgramsStatus struct {
	// Attach is where they stand: "netfilter", or "xdp of eth0".
	Attach   string          `json:"attach"`
	Programs []ProgramStatus `json:"programs"`
	// Chains are those of the input that have rules, in its order.
	Chains []ProgramChain `json:"chains"`
	// Untracked tells that rules ask for the states of connections and nothing of ours has
	// the kernel track them any more.
	Untracked bool `json:"untracked,omitempty"`
}

// ProgramStatus is a program.
type ProgramStatus struct {
	Name string `json:"name"`
	// Family, Table and Hook are those of its chain, empty for a program at a device, which
	// has several.
	Family string `json:"family,omitempty"`
	Table  string `json:"table,omitempty"`
	Hook   string `json:"hook,omitempty"`
	// Priority is where at a netfilter hook it stands.
	Priority int32 `json:"priority"`
	// Policy is its chain's.
	Policy string `json:"policy,omitempty"`
	// Attached is false where it stands nowhere any more.
	Attached bool `json:"attached"`
}

// ProgramChain is a chain with its rules.
type ProgramChain struct {
	Family string       `json:"family"`
	Table  string       `json:"table"`
	Name   string       `json:"name"`
	Rules  []RuleStatus `json:"rules"`
}

// ReadPrograms adds to a status what of BPF programs is loaded, with the lists.
func (s *Status) ReadPrograms() error {
	return ifPrograms(func(in *bpf.Installed) (err error) {
		if s.Programs, err = programsStatus(in); err != nil {
			return err
		}
		lists, err := programSummaries(in)
		s.Lists = append(s.Lists, lists...)
		return err
	})
}

func programsStatus(in *bpf.Installed) (*ProgramsStatus, error) {
	p := &ProgramsStatus{Attach: attachedTo(&in.Description), Programs: []ProgramStatus{}, Untracked: !in.Tracked()}
	for _, prog := range in.Programs {
		p.Programs = append(p.Programs, programStatus(in, prog))
	}
	counters, err := in.Counters()
	if err != nil {
		return nil, err
	}
	p.Chains = programChains(in.Rules, counters)
	return p, nil
}

// attachedTo is where all programs stand: "netfilter", or "xdp of eth0".
func attachedTo(d *bpf.Description) string {
	if d.Device == "" {
		return "netfilter"
	}
	return fmt.Sprintf("%v of %s", d.Attach, d.Device)
}

func programStatus(in *bpf.Installed, prog ebpf.Program) ProgramStatus {
	s := ProgramStatus{Name: prog.Name}
	s.Priority, s.Attached = in.Standing(prog)
	if prog.Hook != compile.NoHook {
		s.Family, s.Table, s.Hook, s.Policy = prog.Family.String(), prog.Table, prog.Hook.String(), "accept"
		if prog.Drop {
			s.Policy = "drop"
		}
	}
	return s
}

func programChains(rules []bpf.RuleText, counters []bpf.Counter) []ProgramChain {
	out := []ProgramChain{}
	for i, r := range rules {
		at := slices.IndexFunc(out, func(c ProgramChain) bool { return c.Family == r.Family && c.Table == r.Table && c.Name == r.Chain })
		if at < 0 {
			at = len(out)
			out = append(out, ProgramChain{Family: r.Family, Table: r.Table, Name: r.Chain})
		}
		out[at].Rules = append(out[at].Rules, RuleStatus{
			Place: r.Place, Iptables: r.Text, Counted: true, Packets: counters[i].Packets, Bytes: counters[i].Bytes,
		})
	}
	return out
}

// DiffPrograms compares what is loaded with BPF programs that are to be: programs, rules
// and lists. The kernel checks the programs first.
func DiffPrograms(req Request) ([]Line, error) {
	c, err := prepare(req.Programs)
	if err != nil {
		return nil, err
	}
	old := ""
	if before := c.Before(); before != nil {
		old = describe(&before.Description)
	}
	return compare(old, describe(&req.Programs.Description)), c.Restore()
}

// describe is what programs are as lines.
func describe(d *bpf.Description) string {
	text, at := "", attachedTo(d)
	for _, p := range d.Programs {
		text += fmt.Sprintf("program %s at %s", p.Name, at)
		if p.Hook != compile.NoHook {
			text += fmt.Sprintf(", %s %v, priority %d, policy %s", p.Family, p.Hook, p.Priority, map[bool]string{true: "drop", false: "accept"}[p.Drop])
		}
		text += "\n"
	}
	for _, l := range d.Lists {
		text += fmt.Sprintf("list %s of %d addresses with %d stamps each", l.Name, l.Slots, l.Stamps)
		if mask := maskText(l); mask != "" {
			text += ", mask " + mask
		}
		text += "\n"
	}
	for _, r := range d.Rules {
		text += fmt.Sprintf("%s %s: %s\n", r.Family, r.Table, r.Text)
	}
	return text
}
