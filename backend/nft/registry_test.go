package nft

import (
	"testing"

	"github.com/recentc/recentc/compile"
)

// elsewhere are the matches that registry_matches.go does not translate: lists
// have recent.go, and a comment is no statement.
var elsewhere = map[string]bool{"recent": true, "comment": true}

// TestEveryExtensionIsDecided holds that every match and target that compile
// builds has its nftables form, and every other one its reason.
func TestEveryExtensionIsDecided(t *testing.T) {
	for _, m := range compile.Coverage(false) {
		if done := stepForms[m.Name] != nil || elsewhere[m.Name]; done == (m.Reason != "") {
			t.Errorf("-m %s: translated %v, reason %q", m.Name, done, m.Reason)
		}
	}
	for _, m := range compile.Coverage(true) {
		if done := targetEnds[m.Name] != nil; done == (m.Reason != "") {
			t.Errorf("-j %s: translated %v, reason %q", m.Name, done, m.Reason)
		}
	}
}

// TestVerdictsStandFirst holds the rule by which a full set fails closed: check
// finds every verdict behind a write.
func TestVerdictsStandFirst(t *testing.T) {
	write := stmt{class: change, right: value{text: "update @s { ip saddr }"}}
	for _, c := range []struct {
		stmts []stmt
		want  bool
	}{
		{[]stmt{test("ip saddr @s", nil), drops}, true},
		{[]stmt{write}, true},
		{[]stmt{write, counts}, true},
		{[]stmt{write, drops}, false},
		{[]stmt{test("x", nil), write, counts, returns}, false},
	} {
		if got := (&rule{stmts: c.stmts}).check(); got != c.want {
			t.Errorf("%v: %v", c.stmts, got)
		}
	}
}

// TestNames holds what becomes of names that nft does not take.
func TestNames(t *testing.T) {
	for in, want := range map[string]string{
		"SSH": "SSH", "ssh-in": "ssh-in", "a.b/c": "a.b/c", "limit": "limit_", "LIMIT": "LIMIT", "1st": "_1st",
		"a b+c": "a_b_c", "": "x_", "é": "x__", "reject": "reject_", "-x": "_-x", "_": "x_",
	} {
		if got := legal(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
	n := namespace{}
	for _, want := range []string{"a", "a_2", "a_3"} {
		if got := n.take("a"); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

// TestMeterRate holds that the mean rate is kept.
func TestMeterRate(t *testing.T) {
	for q, want := range map[compile.Ring]string{
		{Window: 60, Hits: 4}: "4/minute", {Window: 5, Hits: 3}: "36/minute", {Window: 1, Hits: 10}: "10/second",
		{Window: 300, Hits: 10}: "2/minute", {Window: 3600, Hits: 5}: "5/hour", {Window: 7, Hits: 3}: "259200/week",
		{Window: 4294967295, Hits: 2}: "1/week",
	} {
		if got := meterRateText(q); got != want {
			t.Errorf("%+v: %s, want %s", q, got, want)
		}
	}
}
