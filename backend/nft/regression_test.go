package nft_test

import (
	"context"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/backend/nft"
	"github.com/recentc/recentc/compile"
	"github.com/recentc/recentc/grammar"
	"github.com/recentc/recentc/internal/lab"
)

// scenario is rules of one family and packets for them: what a difference from
// xt_recent is cut down to, and kept as.
type scenario struct {
	hook  lab.Hook
	rules string
	trace lab.Trace
}

const regressions = "testdata/regressions"

// TestRegressions replays every difference that was ever found. A case is a
// folder with the rules, and the packets as lines "TICK SOURCE PORT".
func TestRegressions(t *testing.T) {
	lab.Require(t)
	names, err := filepath.Glob(filepath.Join(regressions, "*"))
	if err != nil || len(names) == 0 {
		t.Fatalf("no cases in %s: %v", regressions, err)
	}
	for _, name := range names {
		t.Run(filepath.Base(name), func(t *testing.T) {
			t.Parallel()
			s := loadScenario(t, name)
			d, err := s.differences(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if len(d) > 0 {
				t.Errorf("%d packets differ:\n%v", len(d), d)
			}
		})
	}
}

// family is the family of the scenario's packets.
func (s scenario) family() ast.Family {
	for _, tick := range s.trace {
		for _, p := range tick {
			if p.Src.Is6() {
				return ast.IPv6
			}
		}
	}
	return ast.IPv4
}

// differences runs the scenario once, on time.
func (s scenario) differences(ctx context.Context) (lab.Differences, error) {
	f, diags := grammar.ParseFile("scenario", s.rules)
	programs, l := compile.Compile([]*ast.File{f}, compile.Options{Family: s.family()})
	out, m := nft.Translate(programs, nft.Options{})
	if append(append(diags, l...), m...).HasErrors() {
		return nil, fmt.Errorf("not translated:\n%s", s.rules)
	}
	v4, v6 := s.rules, ""
	if s.family() == ast.IPv6 {
		v4, v6 = "", s.rules
	}
	room, err := lab.New(lab.Config{Hook: s.hook, Candidates: []lab.Candidate{lab.Legacy("xt_recent", v4, v6), lab.NFT("nft", out.Text)}})
	if err != nil {
		return nil, err
	}
	defer room.Close()
	r, err := room.RunSame(ctx, 8, s.trace, sameAs("xt_recent"))
	if err != nil {
		return nil, err
	}
	if listed, err := room.Namespace("nft").Run("", "nft", "list", "ruleset"); err != nil || cutCounter.MatchString(listed) {
		return nil, err
	}
	return r.Diff("xt_recent", "nft"), nil
}

// shrink leaves out rules, and packets of other sources, as long as a difference
// remains. Each round tries all rules at once, each in a lab of its own, and then
// to do without as many as possible of those that were not needed.
func (s scenario) shrink(ctx context.Context, source netip.Addr) scenario {
	if one := s.only(source); one.fails(ctx) {
		s = one
	}
	for range 4 {
		spare := s.spare(ctx)
		if len(spare) == 0 {
			return s
		}
		for n := len(spare); n > 0; n /= 2 {
			if less := s.without(spare[:n]); n == 1 || less.fails(ctx) {
				s = less
				break
			}
		}
	}
	return s
}

// spare gives the lines of the rules that can be left out one by one.
func (s scenario) spare(ctx context.Context) (out []int) {
	lines := strings.SplitAfter(s.rules, "\n")
	failing := make([]bool, len(lines))
	var wait sync.WaitGroup
	for i, line := range lines {
		if strings.HasPrefix(line, "-A") {
			wait.Go(func() { failing[i] = s.without([]int{i}).fails(ctx) })
		}
	}
	wait.Wait()
	for i, yes := range failing {
		if yes {
			out = append(out, i)
		}
	}
	return out
}

// without leaves out lines of the rules.
func (s scenario) without(lines []int) scenario {
	var kept []string
	for i, line := range strings.SplitAfter(s.rules, "\n") {
		if !slices.Contains(lines, i) {
			kept = append(kept, line)
		}
	}
	s.rules = strings.Join(kept, "")
	return s
}

func (s scenario) fails(ctx context.Context) bool {
	d, err := s.differences(ctx)
	return err == nil && len(d) > 0
}

// only keeps the packets of one source.
func (s scenario) only(source netip.Addr) scenario {
	trace := make(lab.Trace, len(s.trace))
	for i, tick := range s.trace {
		for _, p := range tick {
			if p.Src == source {
				trace[i] = append(trace[i], p)
			}
		}
	}
	s.trace = trace
	return s
}

// save writes the scenario as a case of TestRegressions.
func (s scenario) save(name string) error {
	dir := filepath.Join(regressions, name)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	var packets strings.Builder
	fmt.Fprintf(&packets, "%v\n", s.hook)
	for i, tick := range s.trace {
		for _, p := range tick {
			fmt.Fprintf(&packets, "%d %v %d\n", i, p.Src, p.DPort)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "in.rules"), []byte(s.rules), 0o644); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "packets"), []byte(packets.String()), 0o644)
}

func loadScenario(t *testing.T, dir string) (s scenario) {
	t.Helper()
	rules, err := os.ReadFile(filepath.Join(dir, "in.rules"))
	if err != nil {
		t.Fatal(err)
	}
	packets, err := os.ReadFile(filepath.Join(dir, "packets"))
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(packets)), "\n")
	s.rules = string(rules)
	for _, h := range []lab.Hook{lab.Input, lab.Forward, lab.Output} {
		if h.String() == lines[0] {
			s.hook = h
		}
	}
	for _, line := range lines[1:] {
		s.addPacket(t, line)
	}
	return s
}

func (s *scenario) addPacket(t *testing.T, line string) {
	t.Helper()
	var tick, port int
	var source string
	if _, err := fmt.Sscan(line, &tick, &source, &port); err != nil {
		t.Fatalf("%q: %v", line, err)
	}
	for len(s.trace) <= tick {
		s.trace = append(s.trace, nil)
	}
	s.trace[tick] = append(s.trace[tick], lab.Packet{Src: netip.MustParseAddr(source), DPort: uint16(port)})
}
