package model_test

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/recentc/recentc/internal/lab"
	"github.com/recentc/recentc/internal/model"
	"github.com/recentc/recentc/internal/modellab"
)

// comparison is one rule set on the kernel and on the model.
type comparison struct {
	name           string
	rules4, rules6 string
	machine        *model.Machine
	// verdicts are the model's, once it has played a trace.
	verdicts []model.Verdict
}

func newComparison(t *testing.T, name, rules4, rules6 string) *comparison {
	return &comparison{name: name, rules4: rules4, rules6: rules6, machine: newMachine(t, model.Options{}, rules4, rules6)}
}

// compareWithKernel sends one trace to all the rule sets and to the models of them.
func compareWithKernel(t *testing.T, hook lab.Hook, trace lab.Trace, sets ...*comparison) {
	t.Helper()
	cfg := lab.Config{Hook: hook}
	for _, c := range sets {
		cfg.Candidates = append(cfg.Candidates, lab.Legacy(c.name, c.rules4, c.rules6))
	}
	l, err := lab.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	for _, c := range sets {
		c.play(t, hook, trace)
	}
	r, err := l.RunSame(t.Context(), 8, trace, func(r lab.Result) bool {
		return !slices.ContainsFunc(sets, func(c *comparison) bool { return len(c.differences(r)) > 0 })
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range sets {
		marks := c.compareVerdicts(t, r)
		if !r.Late() { // the stamps are not those of the trace else
			c.compareLists(t, l.Namespace(c.name))
		}
		t.Logf("%s: %d packets, %d dropped, %d different marks", c.name, len(r.Packets), r.Dropped(c.name), marks)
	}
}

// play runs the model.
func (c *comparison) play(t *testing.T, hook lab.Hook, trace lab.Trace) {
	t.Helper()
	var err error
	if c.verdicts, err = modellab.Play(c.machine, lab.Config{Hook: hook}, trace); err != nil {
		t.Fatal(err)
	}
}

// differences are where the model differs from the kernel.
func (c *comparison) differences(r lab.Result) (wrong []string) {
	for i, v := range c.verdicts {
		if want, got := kernelVerdict(r, c.name, i), labVerdict(v); want != got {
			wrong = append(wrong, fmt.Sprintf("packet %d, tick %d, %v: kernel %s, model %s", i, r.Ticks[i], r.Packets[i], want, got))
		}
	}
	return wrong
}

// compareVerdicts reports where the model differs from the kernel. It returns how many different marks
// there were: a rule set with few of them tests little.
func (c *comparison) compareVerdicts(t *testing.T, r lab.Result) int {
	t.Helper()
	marks := map[uint32]bool{}
	for _, m := range r.Marks[c.name] {
		marks[m] = true
	}
	if wrong := c.differences(r); len(wrong) > 0 {
		t.Errorf("%s: %d of %d packets differ\n%s\n%s\n%s", c.name, len(wrong), len(r.Packets),
			strings.Join(wrong[:min(5, len(wrong))], "\n"), c.rules4, c.rules6)
	}
	return len(marks)
}

func kernelVerdict(r lab.Result, candidate string, i int) string {
	if !r.Accepted[candidate][i] {
		return "drops"
	}
	return fmt.Sprintf("accepts with mark %#x", r.Marks[candidate][i])
}

// labVerdict is what the lab can see of a verdict.
func labVerdict(v model.Verdict) string {
	if v.Outcome != model.Accepted {
		return "drops"
	}
	return fmt.Sprintf("accepts with mark %#x", v.Mark)
}

// compareLists compares what the kernel shows of its lists at the end.
func (c *comparison) compareLists(t *testing.T, ns *lab.Namespace) {
	t.Helper()
	for _, name := range []string{"A", "B", "DEFAULT"} {
		got, err := c.machine.Entries(name)
		if err != nil {
			continue
		}
		text, err := ns.Run("", "cat", "/proc/net/xt_recent/"+name)
		if err != nil {
			t.Fatal(err)
		}
		if diff := diffEntries(parseEntries(t, text), got); diff != "" {
			t.Errorf("%s: list %s: %s\n%s", c.name, name, diff, c.rules4)
		}
	}
}

var entryLine = regexp.MustCompile(`^src=(\S+) ttl: (\d+) last_seen: \d+ oldest_pkt: (\d+) ([\d, ]+)$`)

// parseEntries reads /proc/net/xt_recent/NAME; times are jiffies at 250 Hz.
func parseEntries(t *testing.T, text string) (entries []model.Entry) {
	t.Helper()
	for line := range strings.Lines(text) {
		f := entryLine.FindStringSubmatch(strings.TrimSpace(line))
		if f == nil {
			t.Fatalf("cannot read %q", line)
		}
		e := model.Entry{Addr: netip.MustParseAddr(f[1]), TTL: uint8(number(f[2])), Next: int(number(f[3]))}
		for _, s := range strings.Split(f[4], ", ") {
			e.Stamps = append(e.Stamps, time.Duration(number(s))*time.Second/250)
		}
		entries = append(entries, e)
	}
	return entries
}

func number(s string) uint64 {
	n, _ := strconv.ParseUint(s, 10, 64)
	return n
}

// diffEntries compares two lists without their order, and their times up to what a run on time may
// be late, plus a tick. Only the differences of the kernel's times have a meaning.
func diffEntries(kernel, got []model.Entry) string {
	byAddr := func(a, b model.Entry) int { return a.Addr.Compare(b.Addr) }
	slices.SortFunc(kernel, byAddr)
	slices.SortFunc(got, byAddr)
	if len(kernel) != len(got) {
		return fmt.Sprintf("kernel has %d addresses, model %d\n%v\n%v", len(kernel), len(got), kernel, got)
	}
	if len(kernel) == 0 {
		return ""
	}
	zero := zeroOf(kernel, got)
	for i, k := range kernel {
		if !sameEntry(k, got[i], zero) {
			return fmt.Sprintf("kernel (from %v) %v\nmodel %v", zero, k, got[i])
		}
	}
	return ""
}

// zeroOf is the middle of what the two differ by.
func zeroOf(kernel, got []model.Entry) time.Duration {
	var offsets []time.Duration
	for i, k := range kernel {
		for j := range min(len(k.Stamps), len(got[i].Stamps)) {
			offsets = append(offsets, k.Stamps[j]-got[i].Stamps[j])
		}
	}
	slices.SortFunc(offsets, cmp.Compare)
	return offsets[len(offsets)/2]
}

func sameEntry(kernel, got model.Entry, zero time.Duration) bool {
	return kernel.Addr == got.Addr && kernel.TTL == got.TTL && kernel.Next == got.Next &&
		slices.EqualFunc(kernel.Stamps, got.Stamps, func(k, g time.Duration) bool {
			return (k - zero - g).Abs() <= lab.EdgeMargin
		})
}

// sources are UDP packets from so many addresses of each family, to a few ports.
func sources(n int) (out []lab.Packet) {
	for i := range n {
		for _, a := range []string{fmt.Sprintf("192.0.2.%d", i+1), fmt.Sprintf("2001:db8::%x", i+1)} {
			out = append(out, lab.Packet{
				Src: netip.MustParseAddr(a), SPort: uint16(40001 + i%3), DPort: uint16(7001 + i%2), TTL: uint8(62 + i%3),
			})
		}
	}
	return out
}

// ruleSets is how many random rule sets are tried at each hook: RECENTC_RULESETS, or few.
func ruleSets() int {
	if n, err := strconv.Atoi(os.Getenv("RECENTC_RULESETS")); err == nil {
		return n
	}
	return 6
}

func newRand(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 3)) }
