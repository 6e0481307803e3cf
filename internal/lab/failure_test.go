package lab_test

import (
	"context"
	"errors"
	"net/netip"
	"strings"
	"testing"

	"github.com/recentc/recentc/internal/lab"
)

// wantError checks that the message has all the parts.
func wantError(t *testing.T, err error, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("error %v, want one with %q", err, part)
		}
	}
}

func TestNewFails(t *testing.T) {
	lab.Require(t)
	t.Parallel()
	nothing := lab.Candidate{Name: "a"}
	cases := map[string]struct {
		cfg  lab.Config
		want []string
	}{
		"no candidates": {lab.Config{}, []string{"no candidates"}},
		"same name":     {lab.Config{Candidates: []lab.Candidate{nothing, nothing}}, []string{`"a"`}},
		"unknown hook":  {lab.Config{Hook: 7, Candidates: []lab.Candidate{nothing}}, []string{"hook 7"}},
		"interface":     {lab.Config{In: []string{"a/b"}, Candidates: []lab.Candidate{nothing}}, []string{"a/b"}},
		"bad script": {
			lab.Config{Candidates: []lab.Candidate{lab.NFT("a", "tabel x")}},
			[]string{`candidate "a": nft -f -: exit status 1: `, "syntax error"},
		},
		"bad rules": {
			lab.Config{Candidates: []lab.Candidate{lab.Legacy("a", "*filter\n-A INPUT -m recent\nCOMMIT\n", "")}},
			[]string{"iptables-legacy-restore", "you must specify one of"},
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			_, err := lab.New(c.cfg)
			wantError(t, err, c.want...)
		})
	}
}

func TestToolErrorIsKept(t *testing.T) {
	lab.Require(t)
	t.Parallel()
	_, err := lab.New(lab.Config{Candidates: []lab.Candidate{lab.NFT("a", "tabel x")}})
	var tool *lab.ToolError
	if !errors.As(err, &tool) || tool.Command != "nft -f -" || !strings.Contains(tool.Stderr, "tabel") {
		t.Errorf("error %v, as a ToolError %+v", err, tool)
	}
}

// TestRunFails sends what cannot be judged: that must never look like agreement.
func TestRunFails(t *testing.T) {
	lab.Require(t)
	t.Parallel()
	l := newLab(t, lab.Config{Candidates: []lab.Candidate{{Name: "a"}}})
	mixed := lab.Packet{Src: netip.MustParseAddr("192.0.2.1"), Dst: netip.MustParseAddr("2001:db8::1")}
	cases := map[string]struct {
		packet lab.Packet
		want   string
	}{
		"martian":   {lab.Packet{Src: netip.MustParseAddr("127.0.0.1")}, "does not arrive even without rules"},
		"families":  {mixed, "different families"},
		"fence":     {lab.Packet{Proto: 253}, "needs this protocol"},
		"interface": {lab.Packet{In: "eth7"}, "no such interface"},
		"too long":  {lab.Packet{Payload: strings.Repeat("x", 1500)}, "at most"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			_, err := l.Run(t.Context(), lab.Trace{{c.packet}})
			wantError(t, err, c.want)
		})
	}
	t.Run("cancelled", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := l.Run(ctx, lab.Trace{{}, {}}); !errors.Is(err, context.Canceled) {
			t.Errorf("error %v", err)
		}
	})
}

// TestObserverGone takes the lab's chains away in the middle.
func TestObserverGone(t *testing.T) {
	lab.Require(t)
	t.Parallel()
	l := newLab(t, lab.Config{Candidates: []lab.Candidate{{Name: "a"}}})
	if _, err := l.Namespace("a").Run("", "nft", "flush", "ruleset"); err != nil {
		t.Fatal(err)
	}
	_, err := l.Run(t.Context(), lab.Trace{{{}}})
	wantError(t, err, "the fence did not come through")
}

// TestLostMessages sends more in a tick than the log can hold. It is not parallel: it would make
// others late.
func TestLostMessages(t *testing.T) {
	lab.Require(t)
	l := newLab(t, lab.Config{Candidates: []lab.Candidate{{Name: "a"}}})
	_, err := l.Run(t.Context(), lab.Trace{make([]lab.Packet, 50000)})
	wantError(t, err, "messages were lost")
}

// TestAlwaysLate sends more in a tick than can be sent in time.
func TestAlwaysLate(t *testing.T) {
	lab.Require(t)
	l := newLab(t, lab.Config{Candidates: []lab.Candidate{{Name: "a"}}})
	r, err := l.RunOnTime(t.Context(), 2, lab.Trace{make([]lab.Packet, 6000)})
	if !errors.Is(err, lab.ErrLate) || !r.Late() || r.Dropped("a") != 0 {
		t.Errorf("error %v, worst %v, %d dropped", err, r.Worst, r.Dropped("a"))
	}
}

func TestNFTErrors(t *testing.T) {
	lab.Require(t)
	t.Parallel()
	wantError(t, lab.CheckNFT("table ip t { chain c { drp; }; }"), "nft -c -f -", "drp")
	wantError(t, lab.RoundTrip("table ip t { chain c { drp; }; }"), "first load", "drp")
}

func TestClosed(t *testing.T) {
	lab.Require(t)
	t.Parallel()
	l := newLab(t, lab.Config{Candidates: []lab.Candidate{{Name: "a"}}})
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	_, err := l.Run(t.Context(), lab.Trace{})
	wantError(t, err, "closed")
}
