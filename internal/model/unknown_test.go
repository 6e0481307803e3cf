package model_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/recentc/recentc/compile"
	"github.com/recentc/recentc/internal/model"
)

// TestUnknown holds that all rules that cannot be interpreted are named, and no machine is made.
func TestUnknown(t *testing.T) {
	ps := programs(t, table("nat", "-A PREROUTING -p tcp --dport 80 -j DNAT --to-destination 10.0.0.1")+filter(
		"-m statistic --mode random --probability 0.5 -j DROP",
		"-m statistic --mode nth --every 3 --packet 0 -j DROP",
		"-m addrtype --dst-type LOCAL -m mac --mac-source 02:00:00:00:00:01",
		"-p tcp --tcp-option 8 -j ACCEPT", "-m conntrack --ctstate NEW --ctdir ORIGINAL -j ACCEPT",
		setL), "")
	m, err := model.New(ps, model.Options{})
	var unknown model.Unknown
	if m != nil || !errors.As(err, &unknown) {
		t.Fatalf("machine %v, error %v", m, err)
	}
	want := strings.TrimSpace(`
model: rules that cannot be interpreted:
rules.v4:2:1: -j DNAT: the destination that later rules see depends on the connection, which the model does not track
rules.v4:5:1: -m statistic: chance decides
rules.v4:7:1: -m addrtype: the model has no routes
rules.v4:7:1: -m mac: a packet has no Ethernet frame here
rules.v4:8:1: -m tcp: a packet has no TCP options here
rules.v4:9:1: -m conntrack: of a connection the model knows the state alone`)
	if diff := cmp.Diff(want, err.Error()); diff != "" {
		t.Error(diff)
	}
}

// TestFailedRule holds that a rule that compile could not read is not taken for an empty one.
func TestFailedRule(t *testing.T) {
	r := &compile.Rule{File: programs(t, filter(setL), "")[0].Chains[0].Rules[0].File, Failed: true}
	u := model.Uninterpreted([]*compile.Program{{Chains: []*compile.Chain{{Rules: []*compile.Rule{r}}}}})
	if len(u) != 1 || u[0].Rule != r {
		t.Errorf("%v", u)
	}
}

// TestCoverage holds that the model has a word on everything that compile translates: it interprets
// it, or says why not.
func TestCoverage(t *testing.T) {
	for _, target := range []bool{false, true} {
		for _, c := range compile.Coverage(target) {
			if c.Reason == "" && !model.Knows(target, c.Name) {
				t.Errorf("%s is neither interpreted nor named with a reason in matches.go or targets.go", c.Name)
			}
		}
	}
}

// TestLengthens holds that -j TCPMSS is interpreted unless a rule asks for the length it may change.
func TestLengthens(t *testing.T) {
	mss := "-p tcp --syn -j TCPMSS --clamp-mss-to-pmtu"
	for rules, gaps := range map[string]int{
		table("mangle", "-A FORWARD "+mss):                                             0,
		table("mangle", "-A FORWARD "+mss, "-A FORWARD -m length --length 40 -j DROP"): 1,
	} {
		if u := model.Uninterpreted(programs(t, rules, "")); len(u) != gaps {
			t.Errorf("%s: %v", rules, u)
		}
	}
}
