package model_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/recentc/recentc/compile"
	"github.com/recentc/recentc/internal/lab"
	"github.com/recentc/recentc/internal/model"
	"github.com/recentc/recentc/internal/modellab"
)

// TestLimit holds xt_limit's token bucket, with its arithmetic in credits.
func TestLimit(t *testing.T) {
	limit := func(options string) string { return filter("-m limit "+options+" -j ACCEPT", "-j DROP") }
	always := "a@0 a@0 a@0 "
	check(t, []behaviour{
		{name: "default is 3/hour, burst 5", rules: limit(""), script: always + always + "a@1199 a@1201 a@1202 a@3601", want: "+++++-" + "-+-+"},
		{name: "a third of a second is 84 ticks", rules: limit("--limit 3/second --limit-burst 2"), script: always + "a@0.332 a@0.336 a@0.336", want: "++--+-"},
		{name: "never more than the burst", rules: limit("--limit 1/second --limit-burst 2"), script: always + "a@100 a@100 a@100", want: "++-++-"},
		{name: "a packet in vain costs nothing", rules: limit("--limit 1/second --limit-burst 1"), script: "a@0 a@0.5 a@0.9 a@1 a@1.9 a@2", want: "+--+-+"},
		{name: "for the rule, not the source", rules: limit("--limit 1/second --limit-burst 2"), script: "a@0 b@0 c@0", want: "++-"},
		{name: "32 bits: 37 hours later it is nearly empty", rules: limit("--limit 1/second --limit-burst 1"), script: "a@0 a@134217.9 a@134218.9", want: "+-+"},
		{name: "at 1000 Hz as well", opts: model.Options{HZ: 1000}, rules: limit("--limit 1/second --limit-burst 1"), script: "a@0 a@134217.9 a@134218.9", want: "+-+"},
		{name: "ideal", opts: model.Options{Ideal: true}, rules: limit("--limit 3/second --limit-burst 2"), script: always + "a@0.3332 a@0.3334 a@0.3334 a@134217.5", want: "++--+-+"},
		{name: "two addresses are two rules", rules: filter("-s 192.0.2.1,192.0.2.2 -m limit --limit 1/hour --limit-burst 1 -j ACCEPT", "-j DROP"), script: "a@0 b@0 a@0 b@0", want: "++--"},
		{name: "nth", rules: filter("-m statistic --mode nth --every 3 --packet 1 -j DROP"), script: "a@0 a@0 a@0 a@0 a@0", want: "+-++-"},
		{name: "not nth", rules: filter("-m statistic --mode nth ! --every 2 --packet 0 -j DROP"), script: "a@0 a@0 a@0 a@0", want: "+-+-"},
		{name: "quota", rules: filter("-m quota --quota 80 -j ACCEPT", "-j DROP"), script: "a@0 a@0 a@0 a@0", want: "++--"},
		{name: "not quota", rules: filter("-m quota ! --quota 36 -j DROP"), script: "a@0 a@0", want: "+-"},
	})
}

// TestQuotaEnds holds that after a packet that does not fit a smaller one does not either.
func TestQuotaEnds(t *testing.T) {
	m := newMachine(t, model.Options{}, filter("-m quota --quota 100 -j ACCEPT", "-j DROP"), "")
	var got []model.Outcome
	for _, length := range []uint16{60, 41, 40, 1} {
		p := parsePacket(t, "a")
		p.Length = length
		v, err := m.Step(0, model.Incoming, p)
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, v.Outcome)
	}
	if diff := cmp.Diff([]model.Outcome{model.Accepted, model.Dropped, model.Dropped, model.Dropped}, got); diff != "" {
		t.Error(diff)
	}
}

// metered are rules whose state is not a list.
var metered = []string{
	"-m limit --limit 1/second --limit-burst 3 -j MARK --or-mark 1",
	"-m limit --limit 40/minute --limit-burst 1 -j MARK --or-mark 2",
	"-m limit --limit 5/hour --limit-burst 7 -j MARK --or-mark 8",
	"-m recent --name A --update --seconds 2 --hitcount 3 -m limit --limit 2/minute --limit-burst 4 -j MARK --or-mark 16",
	"-m statistic --mode nth --every 3 --packet 1 -j MARK --or-mark 32",
	"-m statistic --mode nth ! --every 4 --packet 3 -j MARK --or-mark 64",
	"-m quota --quota 900 -j MARK --or-mark 128",
	"-m quota ! --quota 1500 -j MARK --or-mark 256",
	"-m recent --name A --set",
}

// TestMetersAgainstKernel compares limits, quotas and counts. The trace is one in which no bucket is
// near to a whole packet when it is asked, so that a few milliseconds make no difference.
func TestMetersAgainstKernel(t *testing.T) {
	lab.Require(t)
	t.Parallel()
	rules := in("mangle", "INPUT", metered)
	compareWithKernel(t, lab.Input, robustTrace(t, rules), newComparison(t, "meters", rules, rules))
}

// robustTrace looks for a random trace on which the model says the same when its ticks are late.
func robustTrace(t *testing.T, rules string) lab.Trace {
	t.Helper()
	ps := programs(t, rules, rules)
	for seed := range uint64(2000) {
		trace := lab.RandomTrace(newRand(seed), 50, sources(1)...)
		onTime := marksOf(t, ps, trace, func() time.Duration { return 0 })
		same := strings.Count(onTime, " ") > 60
		for i := range uint64(8) {
			rng := rand.New(rand.NewPCG(seed, i))
			same = same && onTime == marksOf(t, ps, trace, func() time.Duration { return time.Duration(rng.Int64N(int64(lab.MaxLate))) })
		}
		if same {
			return trace
		}
	}
	t.Fatal("no trace is robust")
	return nil
}

// marksOf plays the trace, each tick as much later as late says, and writes all marks.
func marksOf(t *testing.T, ps []*compile.Program, trace lab.Trace, late func() time.Duration) string {
	t.Helper()
	m, err := model.New(ps, model.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for i, tick := range trace {
		now := time.Duration(i)*lab.Grid + late()
		for _, p := range tick {
			p.Dst, p.Proto = destination(p), lab.UDP
			v, err := m.Step(now, model.Incoming, modellab.Packet(lab.Config{}, &p))
			if err != nil {
				t.Fatal(err)
			}
			fmt.Fprintf(&b, "%x ", v.Mark)
		}
	}
	return b.String()
}
