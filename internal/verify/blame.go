package verify

import (
	"context"
	"slices"
	"sync"

	"github.com/recentc/recentc/compile"
	"github.com/recentc/recentc/internal/lab"
)

// A finding is the differences that one rule is blamed for.
type finding struct {
	rule *compile.Rule // nil where only a policy can be meant
	// decided is the rule that decided in the original, as far as that is known.
	decided *compile.Rule
	first   lab.Difference
	count   int
	// trace is what shows the first difference, from an instance without any state.
	trace  lab.Trace
	shrunk bool
}

// mostShrunk bounds the differences that are tried again with fewer packets.
const mostShrunk = 4

// investigate sorts the differences by rule and tries the first of each with fewer packets.
func (r *run) investigate(ctx context.Context) error {
	for _, d := range r.result.Diff(original, translation) {
		r.note(d)
	}
	var all sync.WaitGroup
	errs := make([]error, len(r.found))
	for i, f := range r.found {
		f.trace = r.plan.trace[:f.first.Tick+1]
		if i < mostShrunk {
			all.Go(func() { errs[i] = r.shrink(ctx, f) })
		}
	}
	all.Wait()
	r.found = merge(r.found)
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func (r *run) note(d lab.Difference) {
	rule, _ := r.blame(&d, r.counts)
	for _, f := range r.found {
		if f.rule == rule {
			f.count++
			return
		}
	}
	r.found = append(r.found, &finding{rule: rule, first: d, count: 1})
}

// shrink sends only the packets of the same address. Where that shows a difference too, it is a shorter
// trace, and the counters after it tell the rule better.
func (r *run) shrink(ctx context.Context, f *finding) error {
	small := r.sameActor(f)
	m, err := r.measure(ctx, small)
	if err != nil {
		return err
	}
	found := m.result.Diff(original, translation)
	if len(found) == 0 {
		return nil
	}
	f.first, f.shrunk = found[0], true
	f.trace = upTo(small, found[0], &m.result)
	return r.settle(ctx, f)
}

// settle sends the short trace alone, so that the counters tell which rules acted in it: first without the
// packets that come to no list, and with them if that shows nothing.
func (r *run) settle(ctx context.Context, f *finding) error {
	shorter := slices.Clone(f.trace)
	for tick, packets := range shorter {
		shorter[tick] = slices.DeleteFunc(slices.Clone(packets), func(p lab.Packet) bool {
			return !slices.ContainsFunc(r.way(&p), touches) && p != f.first.Packet
		})
	}
	for _, trace := range []lab.Trace{shorter, f.trace} {
		m, err := r.measure(ctx, trace)
		if err != nil {
			return err
		}
		if d := m.result.Diff(original, translation); len(d) > 0 {
			f.first, f.trace = d[0], upTo(trace, d[0], &m.result)
			f.rule, f.decided = r.blame(&f.first, m.counts)
			return nil
		}
	}
	return nil
}

// sameActor is the trace of the packets with the difference's address at the far end.
func (r *run) sameActor(f *finding) lab.Trace {
	far := func(p lab.Packet) any {
		if r.cfg.Hook == lab.Output {
			return p.Dst
		}
		return p.Src
	}
	small := make(lab.Trace, f.first.Tick+1)
	for tick := range small {
		for _, p := range r.plan.trace[tick] {
			if far(p) == far(f.first.Packet) {
				small[tick] = append(small[tick], p)
			}
		}
	}
	return small
}

// upTo cuts a trace behind the packet of the difference, and the empty ticks in front of it.
func upTo(t lab.Trace, d lab.Difference, r *lab.Result) lab.Trace {
	t = slices.Clone(t[:d.Tick+1])
	before := 0
	for i := range d.Index {
		if r.Ticks[i] == d.Tick {
			before++
		}
	}
	t[d.Tick] = t[d.Tick][:before+1]
	for len(t[0]) == 0 {
		t = t[1:]
	}
	return t
}

// blame finds the rule that a difference is about: the one that decided in the original if that asked a
// list; otherwise one that asks a list and would have decided as the translation did. Where the two are not
// the same, either may be translated wrongly, and the report names both.
func (r *run) blame(d *lab.Difference, counts counters) (rule, decided *compile.Rule) {
	way := r.way(&d.Packet)
	accepted := d.Accepted != translation
	decided = lastOf(way, func(x *compile.Rule) bool { return counts[x] > 0 && decides(x) && accepts(x) == accepted })
	if decided != nil && asks(decided) {
		return decided, decided
	}
	for _, x := range way {
		if asks(x) && decides(x) && accepts(x) != accepted {
			return x, decided
		}
	}
	if last := lastOf(way, asks); last != nil {
		return last, decided
	}
	if decided != nil {
		return decided, decided
	}
	return lastOf(way, func(*compile.Rule) bool { return true }), nil
}

// way are the rules that may have matched the packet.
func (r *run) way(p *lab.Packet) []*compile.Rule {
	for _, s := range r.sites {
		if s.family == familyOf(p) {
			return s.candidates(p)
		}
	}
	return nil
}

func lastOf(rules []*compile.Rule, is func(*compile.Rule) bool) *compile.Rule {
	for _, r := range slices.Backward(rules) {
		if is(r) {
			return r
		}
	}
	return nil
}

func decides(r *compile.Rule) bool { return accepts(r) || stops(r) }

func accepts(r *compile.Rule) bool {
	return r.Target != nil && r.Target.Extension() == "ACCEPT"
}

// asks tells whether the rule's answer depends on a list.
func asks(r *compile.Rule) bool {
	return slices.ContainsFunc(r.Steps, func(s compile.Step) bool {
		_, records := s.(*compile.Record)
		return s.Kind() == compile.ListStep && !records
	})
}

func touches(r *compile.Rule) bool {
	return slices.ContainsFunc(r.Steps, func(s compile.Step) bool { return s.Kind() == compile.ListStep })
}

// merge joins findings that turned out to be about the same rule; the shorter trace stays.
func merge(all []*finding) (out []*finding) {
	for _, f := range all {
		i := slices.IndexFunc(out, func(o *finding) bool { return o.rule == f.rule })
		if i < 0 {
			out = append(out, f)
			continue
		}
		f.count += out[i].count
		if packetsIn(f.trace) < packetsIn(out[i].trace) {
			out[i] = f
		}
		out[i].count = f.count
	}
	return out
}

func packetsIn(t lab.Trace) (n int) {
	for _, tick := range t {
		n += len(tick)
	}
	return n
}
