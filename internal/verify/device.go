package verify

import (
	"slices"
	"strings"

	"github.com/recentc/recentc/compile"
	"github.com/recentc/recentc/internal/lab"
)

const (
	mostIns  = 6
	mostOuts = 3
)

// runs are the labs that the rules need: one for each hook that has rules, and for each of the first
// devices by which they say that packets leave.
func (b *bench) runs() (out []*run) {
	for _, h := range b.hooks() {
		outs := b.devices(true)
		if h == lab.Input {
			outs = []string{""}
		}
		for _, device := range outs[:min(len(outs), mostOuts)] {
			out = append(out, b.newRun(h, device))
		}
	}
	return out
}

func (b *bench) newRun(h lab.Hook, out string) *run {
	r := &run{bench: b, cfg: lab.Config{Hook: h, Out: out, In: []string{"v0"}}}
	if ins := without(b.devices(false), out); h != lab.Output && len(ins) > 0 {
		r.cfg.In = ins
	}
	for _, p := range b.programs {
		r.sites = append(r.sites, &site{hook: h, family: p.Family, ins: r.cfg.In, out: out, prog: p})
	}
	return r
}

// hooks are those that have rules.
func (b *bench) hooks() (out []lab.Hook) {
	has := map[compile.Hook]bool{}
	for _, p := range b.programs {
		for _, c := range p.Chains {
			has[c.Hook] = has[c.Hook] || len(c.Rules) > 0
		}
	}
	for h, own := range map[lab.Hook]compile.Hook{lab.Input: compile.Input, lab.Forward: compile.Forward, lab.Output: compile.Output} {
		if has[own] {
			out = append(out, h)
		}
	}
	if has[compile.Prerouting] && !has[compile.Input] && !has[compile.Forward] {
		out = append(out, lab.Input)
	}
	if has[compile.Postrouting] && !has[compile.Forward] && !has[compile.Output] {
		out = append(out, lab.Output)
	}
	slices.Sort(out)
	return out
}

// devices are the names that the rules use, in their order, and one that they do not.
func (b *bench) devices(out bool) (names []string) {
	for _, p := range b.programs {
		for _, c := range p.Chains {
			for _, r := range c.Rules {
				names = append(names, namesIn(r, out)...)
			}
		}
	}
	other, most := "v0", mostIns
	if out {
		other, most = "v1", mostOuts
	}
	names = distinct(names)
	return append(names[:min(len(names), most-1)], other)
}

func namesIn(r *compile.Rule, out bool) (names []string) {
	for _, step := range r.Steps {
		c, ok := step.(*compile.Interface)
		if !ok || c.Out != out || c.Name == "" || strings.HasPrefix(c.Name, "lo") || strings.ContainsAny(c.Name, "/: .") {
			continue
		}
		name := c.Name
		if c.Wildcard && len(name) < 15 {
			name += "0"
		}
		names = append(names, name)
	}
	return names
}

func distinct(names []string) (out []string) {
	for _, n := range names {
		if !slices.Contains(out, n) {
			out = append(out, n)
		}
	}
	return out
}

func without(names []string, name string) []string {
	return slices.DeleteFunc(slices.Clone(names), func(n string) bool { return n == name })
}
