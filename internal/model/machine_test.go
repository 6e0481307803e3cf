package model_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/recentc/recentc/compile"
	"github.com/recentc/recentc/internal/model"
)

// TestFlow holds how packets go through chains and tables. Every rule that matched is written by its
// comment.
func TestFlow(t *testing.T) {
	note := func(s string) string { return "-m comment --comment " + s + " " }
	for _, c := range []struct {
		name  string
		rules string
		path  model.Path
		want  string
	}{
		{"tables in order", table("security", note("e")) + table("nat", note("f")) + filter(note("d")) + table("mangle", note("c"), "-A PREROUTING "+note("b")) + table("raw", "-A PREROUTING "+note("a")), model.Incoming, "a b c d e f accepted"},
		{"forward", filter("-A FORWARD "+note("b"), note("x"), "-A OUTPUT "+note("x")) + table("nat", "-A POSTROUTING "+note("d")) + table("mangle", "-A POSTROUTING "+note("c"), "-A PREROUTING "+note("a")), model.Forwarded, "a b c d accepted"},
		{"output", filter("-A OUTPUT "+note("c"), note("x")) + table("nat", "-A OUTPUT "+note("b")) + table("raw", "-A OUTPUT "+note("a")) + table("mangle", "-A POSTROUTING "+note("d")), model.Outgoing, "a b c d accepted"},
		{"accept ends its table alone", table("raw", "-A PREROUTING "+note("a")+"-j ACCEPT", "-A PREROUTING "+note("x")) + filter(note("b")), model.Incoming, "a b accepted"},
		{"drop ends all", table("raw", "-A PREROUTING "+note("a")+"-j DROP") + filter(note("x")), model.Incoming, "a dropped"},
		{"reject", filter(note("a")+"-j REJECT", note("x")), model.Incoming, "a rejected"},
		{"policy", filter(":INPUT DROP [0:0]", note("a")), model.Incoming, "a dropped by INPUT"},
		{"return to the policy", filter(":INPUT DROP [0:0]", note("a")+"-j RETURN", note("x")), model.Incoming, "a dropped by INPUT"},
		{"jump and return", filter(":C - [0:0]", note("a")+"-j C", note("c"), "-A C "+note("b")+"-j RETURN", "-A C "+note("x")), model.Incoming, "a b c accepted"},
		{"jump and the end", filter(":C - [0:0]", note("a")+"-j C", note("c"), "-A C "+note("b")), model.Incoming, "a b c accepted"},
		{"goto leaves for the policy", filter(":INPUT DROP [0:0]", ":C - [0:0]", note("a")+"-g C", note("x"), "-A C "+note("b")), model.Incoming, "a b dropped by INPUT"},
		{"goto returns where its chain would", filter(":C - [0:0]", ":D - [0:0]", note("a")+"-j C", note("d"), "-A C "+note("b")+"-g D", "-A C "+note("x"), "-A D "+note("c")), model.Incoming, "a b c d accepted"},
		{"drop inside", filter(":C - [0:0]", note("a")+"-j C", note("x"), "-A C "+note("b")+"-j DROP"), model.Incoming, "a b dropped"},
		{"twice", filter(":C - [0:0]", note("a")+"-j C", note("b")+"-j C", "-A C "+note("c")), model.Incoming, "a c b c accepted"},
		{"-i where POSTROUTING called", table("mangle", ":C - [0:0]", "-A POSTROUTING -j C", "-A C -i v0 -o v1 "+note("a"), "-A C ! -i v0 "+note("x")), model.Forwarded, "a accepted"},
		{"no -i for what is made here", table("mangle", ":C - [0:0]", "-A OUTPUT -j C", "-A C ! -i v0 -o v1 "+note("a"), "-A C -i + "+note("b")), model.Outgoing, "a b accepted"},
		{"no -o at PREROUTING", table("mangle", ":C - [0:0]", "-A PREROUTING -j C", "-A C -i v0 ! -o v1 "+note("a"), "-A C -o v+ "+note("x")), model.Forwarded, "a accepted"},
		{"no target goes on", filter(note("a"), "-p tcp "+note("x"), note("b")+"-j LOG", note("c")+"-j ACCEPT"), model.Incoming, "a b c accepted"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := parsePacket(t, "a")
			p.State, p.Opens = compile.CtNew, true
			v, err := newMachine(t, model.Options{}, c.rules, "").Step(0, c.path, p)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, describe(v)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func describe(v model.Verdict) string {
	var words []string
	for _, r := range v.Rules {
		for _, s := range r.Steps {
			if c, ok := s.(*compile.Comment); ok {
				words = append(words, c.Text)
			}
		}
	}
	words = append(words, v.Outcome.String())
	if v.Policy != nil {
		words = append(words, "by", v.Policy.Name)
	}
	return strings.Join(words, " ")
}

// TestNAT holds that the nat table sees what opens a connection and nothing else, and packets that
// -j NOTRACK keeps out not at all.
func TestNAT(t *testing.T) {
	m := newMachine(t, model.Options{}, table("nat", "-A POSTROUTING -j MARK --or-mark 1", "-A POSTROUTING "+setL+" -j MASQUERADE", "-A POSTROUTING -j MARK --or-mark 2")+
		table("raw", "-A PREROUTING -m ttl --ttl-eq 9 -j NOTRACK")+filter("-A FORWARD -m conntrack --ctstate UNTRACKED -j MARK --or-mark 4"), "")
	for _, c := range []struct {
		state compile.CtState
		opens bool
		ttl   uint8
		want  uint32
	}{
		{compile.CtNew, true, 64, 1}, {compile.CtNew, false, 64, 0}, {compile.CtEstablished, false, 64, 0},
		{compile.CtNew, true, 9, 4}, {compile.CtUntracked, false, 64, 4},
	} {
		p := parsePacket(t, "a")
		p.State, p.Opens, p.TTL = c.state, c.opens, c.ttl
		if v, err := m.Step(0, model.Forwarded, p); err != nil || v.Mark != c.want {
			t.Errorf("%+v: mark %d, error %v", c, v.Mark, err)
		}
	}
}

// TestChanges holds what targets do to the packet for the rules behind them.
func TestChanges(t *testing.T) {
	for rules, want := range map[string]uint32{
		table("mangle", "-A PREROUTING -j TTL --ttl-set 9", "-A FORWARD -m ttl --ttl-eq 8 -j MARK --set-mark 1"):                                    1,
		table("mangle", "-A PREROUTING -j TTL --ttl-inc 250", "-A POSTROUTING -m ttl --ttl-eq 254 -j MARK --set-mark 2"):                            2,
		table("mangle", "-A PREROUTING -j DSCP --set-dscp 46", "-A FORWARD -m dscp --dscp-class EF -m tos --tos 0xb8 -j MARK --set-mark 3"):         3,
		table("mangle", "-A PREROUTING -j TOS --set-tos 0x10/0x3f", "-A FORWARD -m tos ! --tos 0 -m tos --tos minimize-delay -j MARK --set-mark 4"): 4,
		table("mangle", "-A PREROUTING -j ECN --ecn-ip-ect 1", "-A FORWARD -m ecn --ecn-ip-ect 1 -m ecn ! --ecn-ip-ect 2 -j MARK --set-mark 5"):     5,
		table("raw", "-A PREROUTING -j MARK --set-mark 6") + table("mangle", "-A FORWARD -m mark --mark 6 -j MARK --set-xmark 1/1"):                 7,
		table("mangle", "-A FORWARD -m quota --quota 80 -j MARK --set-mark 8"):                                                                      0,
		table("mangle", "-A PREROUTING "+setL, "-A PREROUTING -j TTL --ttl-dec 1", "-A FORWARD "+l+"--rcheck --rttl -j MARK --set-mark 9"):          0,
	} {
		m := newMachine(t, model.Options{}, rules, "")
		var v model.Verdict
		for range 3 {
			var err error
			if v, err = m.Step(0, model.Forwarded, parsePacket(t, "a")); err != nil {
				t.Fatal(err)
			}
		}
		if v.Mark != want {
			t.Errorf("%s: mark %d, want %d", rules, v.Mark, want)
		}
	}
}

// TestExpired holds that a packet without a TTL left is gone before FORWARD, but after PREROUTING.
func TestExpired(t *testing.T) {
	m := newMachine(t, model.Options{}, table("raw", "-A PREROUTING "+setL)+filter("-A FORWARD -m recent --name M --set", "-A FORWARD -m recent --name M --set"), "")
	p := parsePacket(t, "a/1")
	v, err := m.Step(0, model.Forwarded, p)
	if err != nil || describe(v) != "expired" || len(v.Rules) != 1 || letters(t, m, "L") != "a" || letters(t, m, "M") != "" {
		t.Errorf("%s, %d rules, %v", describe(v), len(v.Rules), err)
	}
}

// TestRefusals holds what Step, New and the writers refuse, and that nothing happens then.
func TestRefusals(t *testing.T) {
	m := newMachine(t, model.Options{}, filter(setL, "-m length --length 5 -j DROP", "-m conntrack --ctstate NEW -j DROP"), "")
	whole := parsePacket(t, "a")
	whole.State = compile.CtNew
	for name, change := range map[string]func(p *model.Packet){
		"is not given":      func(p *model.Packet) { p.Length = 0 },
		"the state of":      func(p *model.Packet) { p.State = 0 },
		"not one of the":    func(p *model.Packet) { p.State |= compile.CtInvalid },
		"not of one family": func(p *model.Packet) { p.Dst = addr("6a") },
		"has a zone":        func(p *model.Packet) { p.Src, p.Dst = addr("6a"), addr("6b").WithZone("x") },
		"does not open":     func(p *model.Packet) { p.State, p.Opens = compile.CtEstablished, true },
	} {
		p := whole
		change(&p)
		if _, err := m.Step(time.Second, model.Incoming, p); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: error %v", name, err)
		}
	}
	if _, err := m.Step(time.Second, model.Outgoing+1, whole); err == nil {
		t.Error("no such path: no error")
	}
	if letters(t, m, "L") != "" {
		t.Error("a refused packet was recorded")
	}
	send(t, m, model.Incoming, "a+@2")
	if _, err := m.Step(time.Second, model.Incoming, whole); err == nil {
		t.Error("time went back")
	}
	for _, err := range []error{m.AddAddr(time.Second, "L", addr("a")), m.AddAddr(3*time.Second, "X", addr("a")), m.DelAddr("X", addr("a")), m.DelAddr("L", addr("6a").WithZone("x")), m.Flush("X")} {
		if err == nil {
			t.Error("no error")
		}
	}
	ps := programs(t, filter(setL), "")
	for _, o := range []model.Options{{HZ: 20000}, {PktListTot: 65536}} {
		if _, err := model.New(ps, o); err == nil {
			t.Errorf("%+v: no error", o)
		}
	}
	if _, err := model.New(append(ps, ps...), model.Options{}); err == nil {
		t.Error("one family twice: no error")
	}
}

// TestProc holds what is written by hand.
func TestProc(t *testing.T) {
	m := newMachine(t, model.Options{}, filter(setL), filter(setL))
	send(t, m, model.Incoming, "a/9@0 b/9@0.1 6a+@1 b+@2 a-@2 c-@2")
	want := []model.Entry{
		{Addr: addr("6a"), Stamps: []time.Duration{time.Second}, Next: 1},
		{Addr: addr("b"), TTL: 9, Stamps: []time.Duration{100 * time.Millisecond, 2 * time.Second}, Next: 2},
	}
	got, err := m.Entries("L")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got, cmp.Comparer(sameAddr)); diff != "" {
		t.Error(diff)
	}
	if err := m.Flush("L"); err != nil || letters(t, m, "L") != "" {
		t.Errorf("after a flush: %q, error %v", letters(t, m, "L"), err)
	}
	send(t, m, model.Incoming, "a@3")
	if got := letters(t, m, "L"); got != "a" {
		t.Errorf("after a flush and a packet: %q", got)
	}
}

// TestOtherFamily holds that packets of a family without rules pass.
func TestOtherFamily(t *testing.T) {
	m := newMachine(t, model.Options{}, filter("-j DROP"), "")
	if got := send(t, m, model.Incoming, "a@0 6a@0"); got != "-+" {
		t.Error(got)
	}
}

// TestStrings holds the words for humans.
func TestStrings(t *testing.T) {
	got := fmt.Sprint(model.Incoming, "; ", model.Forwarded, "; ", model.Outgoing, "; ", model.Accepted, model.Dropped, model.Rejected, model.Expired)
	want := "prerouting, input; prerouting, forward, postrouting; output, postrouting; accepted dropped rejected expired"
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
