package main

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/recentc/recentc/backend/nft"
	"github.com/recentc/recentc/internal/lab"
)

func TestStats(t *testing.T) {
	values := []float64{5, 1, 4, 2, 3}
	got := []float64{median(values), quantile(values, 0.25), quantile(values, 1)}
	if diff := cmp.Diff([]float64{3, 2, 5}, got); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]float64{3, 3, 3}, blocks(values, 2)); diff != "" {
		t.Error(diff)
	}
}

// TestLongFlood floods from one source for half a second, through many holds and watches. The window
// may then end 0.1 s early and 0.05 s late: so much life all slots must have left.
func TestLongFlood(t *testing.T) {
	lab.Require(t)
	const hits = 20
	s, err := newStation(config{name: "nft", load: func(ns *lab.Namespace) error { return loadNFT(ns, limitRules(hits), nft.Options{}) }})
	if err != nil {
		t.Fatal(err)
	}
	defer s.close()
	sc := scenario{sources: 1, batch: 100, rounds: 100, rate: 20_000}
	if err := sc.measure([]*station{s}); err != nil {
		t.Fatal(err)
	}
	end := time.Now()
	left := livesOf(t, s, "L_60s_20_s")
	listed := time.Since(end)
	if len(left) != hits {
		t.Fatalf("%d slots live, want %d: %v", len(left), hits, left)
	}
	const tick = 20 * time.Millisecond // of the kernel's clock, and of what is between two packets
	for _, d := range left {
		if age := time.Minute - d; age > 100*time.Millisecond+listed+tick {
			t.Errorf("a slot is %v old, %v after the last packet", age, listed)
		}
	}
	if passed, err := s.passed(); err != nil || passed != hits-1 {
		t.Errorf("%d packets came through, want %d (%v)", passed, hits-1, err)
	}
}

// livesOf gives what the elements of the sets with a prefix have left of their life.
func livesOf(t *testing.T, s *station, prefix string) (left []time.Duration) {
	t.Helper()
	out, err := s.ns.Run("", "nft", "list", "sets")
	if err != nil {
		t.Fatal(err)
	}
	for _, set := range strings.Split(out, "\tset ")[1:] {
		if !strings.HasPrefix(set, prefix) {
			continue
		}
		for _, m := range expires.FindAllStringSubmatch(set, -1) {
			d, err := time.ParseDuration(m[1])
			if err != nil {
				t.Fatal(err)
			}
			left = append(left, d)
		}
	}
	return left
}

var expires = regexp.MustCompile(`expires ([0-9a-z]+)`)
