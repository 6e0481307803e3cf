package model_test

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/internal/lab"
	"github.com/recentc/recentc/internal/model"
	"github.com/recentc/recentc/internal/modellab"
)

// seeds is how many random rule sets each property is tried on.
const seeds = 40

// play runs a trace and writes every verdict with the rules that matched. Packets for which keep is
// false are left out.
func play(t *testing.T, m *model.Machine, hook lab.Hook, trace lab.Trace, start time.Duration, keep func(lab.Packet) bool) []string {
	t.Helper()
	var out []string
	for i, tick := range trace {
		for _, p := range tick {
			if !keep(p) {
				continue
			}
			p.Dst, p.Proto = destination(p), lab.UDP
			v, err := m.Step(start+time.Duration(i)*lab.Grid, modellab.Path(hook), modellab.Packet(lab.Config{Hook: hook}, &p))
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, fmt.Sprintf("%v %#x %d", v.Outcome, v.Mark, len(v.Rules)))
		}
	}
	return out
}

func all(lab.Packet) bool { return true }

func destination(p lab.Packet) netip.Addr {
	switch {
	case p.Dst.IsValid():
		return p.Dst
	case p.Src.Is4():
		return netip.MustParseAddr("10.78.0.2")
	}
	return netip.MustParseAddr("fd78::2")
}

// eachRuleSet gives random rule sets of both families and a trace for them.
func eachRuleSet(t *testing.T, property func(t *testing.T, hook lab.Hook, rules4, rules6 string, trace lab.Trace)) {
	for seed := range uint64(seeds) {
		hook := lab.Hook(seed % 3)
		g := newGenerator(seed+1000, hook)
		rules4, rules6 := g.ruleSet(ast.IPv4), g.ruleSet(ast.IPv6)
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			property(t, hook, rules4, rules6, lab.RandomTrace(newRand(seed), 150, packets(hook)...))
		})
	}
}

// TestTimeHasNoOrigin holds that only ages matter.
func TestTimeHasNoOrigin(t *testing.T) {
	eachRuleSet(t, func(t *testing.T, hook lab.Hook, rules4, rules6 string, trace lab.Trace) {
		now := play(t, newMachine(t, model.Options{}, rules4, rules6), hook, trace, 0, all)
		// A day is in whole ticks, and too short for a bucket's 32 bits to matter.
		later := play(t, newMachine(t, model.Options{}, rules4, rules6), hook, trace, 24*time.Hour, all)
		if diff := cmp.Diff(now, later); diff != "" {
			t.Errorf("%s\n%s", rules4, diff)
		}
	})
}

// TestIdealClock holds that an ideal clock makes no difference to windows that neither wrap nor end
// near a tick.
func TestIdealClock(t *testing.T) {
	eachRuleSet(t, func(t *testing.T, hook lab.Hook, rules4, rules6 string, trace lab.Trace) {
		short := strings.NewReplacer("17179870", "4", "17179872", "5")
		rules4, rules6 = short.Replace(rules4), short.Replace(rules6)
		want := play(t, newMachine(t, model.Options{Ideal: true}, rules4, rules6), hook, trace, 0, all)
		for _, hz := range []uint32{100, 250, 300, 1000} {
			got := play(t, newMachine(t, model.Options{HZ: hz}, rules4, rules6), hook, trace, 0, all)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%d Hz: %s\n%s", hz, rules4, diff)
			}
		}
	})
}

// TestFamiliesApart holds that IPv4 packets are decided as if there were no IPv6, as long as the list
// has room and --reap does not remove what the other family wrote.
func TestFamiliesApart(t *testing.T) {
	eachRuleSet(t, func(t *testing.T, hook lab.Hook, rules4, rules6 string, trace lab.Trace) {
		rules4, rules6 = strings.ReplaceAll(rules4, " --reap", ""), strings.ReplaceAll(rules6, " --reap", "")
		four := func(p lab.Packet) bool { return p.Src.Is4() }
		alone := play(t, newMachine(t, model.Options{}, rules4, ""), hook, trace, 0, four)
		var together []string
		m := newMachine(t, model.Options{}, rules4, rules6)
		for i, tick := range trace {
			for _, p := range tick {
				v := play(t, m, hook, lab.Trace{{p}}, time.Duration(i)*lab.Grid, all)
				if four(p) {
					together = append(together, v...)
				}
			}
		}
		if diff := cmp.Diff(alone, together); diff != "" {
			t.Errorf("%s\n%s", rules4, diff)
		}
	})
}

// TestAgainstEveryStamp compares with lists that remember every stamp for ever: a ring as long as the
// largest hitcount forgets nothing that anybody asks for.
func TestAgainstEveryStamp(t *testing.T) {
	for seed := range uint64(seeds) {
		rng := rand.New(rand.NewPCG(seed, 5))
		asked := question{not: rng.IntN(3) == 0, update: rng.IntN(2) == 0, seconds: rng.IntN(4), hits: rng.IntN(40)}
		m := newMachine(t, model.Options{}, filter("-m ttl --ttl-eq 1 "+l+"--remove -j ACCEPT", l+asked.options()+" -j MARK --set-mark 1", "-m ttl --ttl-eq 2 "+setL), "")
		stamps := map[netip.Addr][]time.Duration{}
		now := time.Duration(0)
		for range 600 {
			now += time.Duration(rng.IntN(50)) * 4 * time.Millisecond
			p := parsePacket(t, string(rune('a'+rng.IntN(3))))
			p.TTL = uint8(min(1+rng.IntN(30), 4))
			v, err := m.Step(now, model.Incoming, p)
			if err != nil {
				t.Fatal(err)
			}
			if want := asked.naive(stamps, p, now); (v.Mark == 1) != want {
				t.Fatalf("%+v: at %v packet %+v: matched %v", asked, now, p, !want)
			}
		}
	}
}

// question is an --rcheck or --update.
type question struct {
	not, update   bool
	seconds, hits int
}

func (q question) options() string {
	s := map[bool]string{true: "! ", false: ""}[q.not] + map[bool]string{true: "--update", false: "--rcheck"}[q.update]
	if q.seconds > 0 {
		s += fmt.Sprint(" --seconds ", q.seconds)
	}
	return s + fmt.Sprint(" --hitcount ", q.hits)
}

// naive tells whether the question holds, and does what its rule set does to the stamps.
func (q question) naive(stamps map[netip.Addr][]time.Duration, p model.Packet, now time.Duration) bool {
	known := stamps[p.Src]
	if p.TTL == 1 && known != nil {
		delete(stamps, p.Src)
		return false
	}
	young := 0
	for _, s := range known {
		if q.seconds == 0 || now-s <= time.Duration(q.seconds)*time.Second {
			young++
		}
	}
	holds := (known != nil && young >= max(q.hits, 1)) != q.not
	if holds && q.update && known != nil {
		stamps[p.Src] = append(stamps[p.Src], now)
	}
	if p.TTL == 2 {
		stamps[p.Src] = append(stamps[p.Src], now)
	}
	return holds
}

// TestListHoldsTheLastWritten compares the order of eviction with a plain slice.
func TestListHoldsTheLastWritten(t *testing.T) {
	for seed := range uint64(seeds) {
		rng := rand.New(rand.NewPCG(seed, 6))
		most := 1 + rng.IntN(8)
		m := newMachine(t, model.Options{ListTot: uint32(most)}, filter("-m ttl --ttl-eq 1 "+l+"--remove -j ACCEPT", "-m ttl --ttl-eq 2 "+l+"--update -j ACCEPT", "-m ttl --ttl-eq 3 "+l+"--rcheck", "-m ttl --ttl-eq 4 "+setL), "")
		var want []string
		for step := range 400 {
			name, ttl := string(rune('a'+rng.IntN(12))), 1+min(rng.IntN(8), 3)
			send(t, m, model.Incoming, fmt.Sprintf("%s/%d@0", name, ttl))
			want = lastWritten(want, name, ttl, most)
			if got := letters(t, m, "L"); got != strings.Join(want, " ") {
				t.Fatalf("seed %d, step %d: %s/%d: got %s, want %v", seed, step, name, ttl, got, want)
			}
		}
	}
}

func lastWritten(list []string, name string, ttl, most int) []string {
	at := slices.Index(list, name)
	if ttl == 3 || at < 0 && ttl < 4 {
		return list
	}
	if at >= 0 {
		list = slices.Delete(list, at, at+1)
	}
	if ttl > 1 {
		list = append(list, name)
	}
	return list[max(0, len(list)-most):]
}
