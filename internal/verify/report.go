package verify

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/backend"
	"github.com/recentc/recentc/compile"
	"github.com/recentc/recentc/internal/lab"
)

// A Report is the outcome of a verification.
type Report struct {
	Seed uint64 `json:"seed"`
	// Backend is what made the translation.
	Backend string `json:"backend"`
	// Against is what the rules themselves ran on.
	Against Against `json:"against"`
	Seconds int     `json:"seconds"`
	// Hooks are the built-in chains at which packets were sent.
	Hooks   []string `json:"hooks"`
	Packets int      `json:"packets"`
	// Different is the number of packets that the two sides treated differently.
	Different int `json:"different"`
	// Late tells that the machine was too busy for the packets to be on time.
	Late  bool         `json:"late"`
	Rules []RuleReport `json:"rules"`
	// Policies are differences that no rule is near: only a chain's policy can be meant.
	Policies []Difference `json:"policies"`
	LeftOut  []LeftOut    `json:"leftOut"`
	// Notes are limits of this verification.
	Notes []string `json:"notes"`
}

// A RuleReport is what is known about one rule.
type RuleReport struct {
	Place string `json:"place"`
	Rule  string `json:"rule"`
	// Exercised tells that the original's rule matched packets; Packets is how many.
	Exercised bool   `json:"exercised"`
	Packets   uint64 `json:"packets"`
	// Reason tells why the rule was not exercised.
	Reason      string       `json:"reason,omitempty"`
	Differences []Difference `json:"differences,omitempty"`
}

// A Difference is packets that the two sides treated differently, by the first of them.
type Difference struct {
	Hook  string `json:"hook"`
	Count int    `json:"count"`
	What  string `json:"what"`
	// Decided is the place of the rule that decided in the original, where it is another.
	Decided string `json:"decided,omitempty"`
	Trace   []Sent `json:"trace"`
	Shrunk  bool   `json:"shrunk"`
}

// Sent is a packet of a trace; packets that are the same and follow each other in one tick are one.
type Sent struct {
	Seconds float64 `json:"seconds"`
	Packet  string  `json:"packet"`
	Times   int     `json:"times"`
}

// Exercised counts the rules that matched packets.
func (r *Report) Exercised() (n int) {
	for i := range r.Rules {
		if r.Rules[i].Exercised {
			n++
		}
	}
	return n
}

func (b *bench) report(runs []*run) *Report {
	out := &Report{Seed: b.Seed, Backend: b.Backend.Name, Against: b.Against, Seconds: b.Seconds, LeftOut: b.left, Notes: b.notes(), Policies: []Difference{}}
	for _, r := range runs {
		if name := r.cfg.Hook.String(); !slices.Contains(out.Hooks, name) {
			out.Hooks = append(out.Hooks, name)
		}
		out.Packets += len(r.result.Packets)
		out.Different += len(r.result.Diff(original, translation))
		out.Late = out.Late || r.late
		for _, f := range r.found {
			if f.rule == nil {
				out.Policies = append(out.Policies, r.difference(f))
			}
		}
	}
	for _, p := range b.programs {
		for _, c := range p.Chains {
			for _, rule := range c.Rules {
				out.add(rule, runs)
			}
		}
	}
	return out
}

// add reports a rule. One that was written as several (-s a,b) is as well several here.
func (out *Report) add(rule *compile.Rule, runs []*run) {
	report := RuleReport{Place: place(rule.File, rule.Range), Rule: rule.Source}
	for _, r := range runs {
		report.Packets += r.counts[rule]
		if report.Reason == "" || strings.HasPrefix(report.Reason, noDevice) {
			report.Reason = cmp.Or(r.plan.why[rule], report.Reason)
		}
		for _, f := range r.found {
			if f.rule == rule {
				report.Differences = append(report.Differences, r.difference(f))
			}
		}
	}
	report.Exercised = report.Packets > 0
	if !report.Exercised {
		report.Reason = reason(rule, runs, report.Reason)
	} else {
		report.Reason = ""
	}
	out.Rules = append(out.Rules, report)
}

// reason tells why no packet matched a rule.
func reason(rule *compile.Rule, runs []*run, why string) string {
	sent := slices.ContainsFunc(runs, func(r *run) bool { return r.plan.sent[rule] })
	for _, step := range rule.Steps {
		if sent && step.Kind() != compile.ListStep && slices.ContainsFunc(runs, func(r *run) bool { return r.sites[0].holds(&lab.Packet{}, step) == unknown }) {
			return "no packet is made for -m " + step.Extension()
		}
	}
	switch {
	case sent:
		return "packets were made for it, and none matched"
	case why != "":
		return why
	}
	return "no chain that packets come to leads to it"
}

func (r *run) difference(f *finding) Difference {
	d := Difference{Hook: r.cfg.Hook.String(), Count: f.count, Shrunk: f.shrunk, Trace: sent(f.trace)}
	if f.decided != nil && f.decided != f.rule {
		d.Decided = place(f.decided.File, f.decided.Range)
	}
	switch f.first.Accepted {
	case original:
		d.What = "the original accepts the packet, the translation drops it"
	case translation:
		d.What = "the original drops the packet, the translation accepts it"
	default:
		d.What = fmt.Sprintf("the original leaves the packet with mark %#x, the translation with %#x", f.first.Marks[0], f.first.Marks[1])
	}
	return d
}

// sent lists a trace.
func sent(t lab.Trace) (out []Sent) {
	for tick, packets := range t {
		at := (time.Duration(tick) * lab.Grid).Seconds()
		for _, p := range packets {
			text := p.String()
			if last := len(out) - 1; last >= 0 && out[last].Seconds == at && out[last].Packet == text {
				out[last].Times++
				continue
			}
			out = append(out, Sent{at, text, 1})
		}
	}
	return out
}

// notes are what this verification cannot show.
func (b *bench) notes() (out []string) {
	if b.Against == Model {
		out = append(out, "compared with recentc's model of xt_recent and not with the kernel's own ("+b.Why+")")
	}
	for _, p := range b.programs {
		for _, l := range p.Lists {
			for _, ring := range l.Rings {
				if ring.Window == 0 {
					continue
				}
				switch {
				case 2*ticksOf(min(ring.Window, 1<<20))+8 >= ticksIn(b.Seconds):
					out = append(out, fmt.Sprintf("list %s: packets were sent for %d s, so the end of its window of %d s was not exercised", l.Name, b.Seconds, ring.Window))
				case !lab.SafeWindow(int(ring.Window)):
					out = append(out, fmt.Sprintf("list %s: the window of %d s was not tried within %v of its end, where the clock decides", l.Name, ring.Window, lab.EdgeMargin))
				}
			}
		}
	}
	for _, m := range b.firewall.matches {
		if m.Fidelity == backend.Approximate {
			out = append(out, fmt.Sprintf("%s: only approximate, so a difference here may be the one that is stated: %s", place(m.Rule.File, m.Recent.Range), m.Reason))
		}
	}
	return distinct(out)
}

func familyOf(p *lab.Packet) ast.Family {
	if p.Src.Is6() || p.Dst.Is6() {
		return ast.IPv6
	}
	return ast.IPv4
}
