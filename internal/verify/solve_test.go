package verify

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/compile"
	"github.com/recentc/recentc/grammar"
	"github.com/recentc/recentc/internal/lab"
	"github.com/recentc/recentc/internal/modellab"
)

// siteOf compiles the body of a filter table.
func siteOf(t *testing.T, h lab.Hook, family ast.Family, body string) *site {
	t.Helper()
	f, diags := grammar.ParseFile("test.rules", "*filter\n:C - [0:0]\n"+body+"\nCOMMIT\n")
	programs, more := compile.Compile([]*ast.File{f}, compile.Options{Family: family})
	if append(diags, more...).HasErrors() {
		t.Fatal(diags, more)
	}
	return &site{hook: h, family: family, ins: []string{"eth0", "ppp0", "v0"}, out: "eth1", prog: programs[0]}
}

// last is the rule written last.
func (s *site) last() (r *compile.Rule) {
	for _, c := range s.prog.Chains {
		for _, x := range c.Rules {
			if r == nil || x.Range.Start.Line > r.Range.Start.Line {
				r = x
			}
		}
	}
	return r
}

// solved is the packet for the last rule.
func solved(s *site, seed uint64) (lab.Packet, string) {
	w := newWriter(newSolver(s, rand.New(rand.NewPCG(seed, 1))))
	p, _, why := w.solve(w.ways[s.last()], w.actor())
	return p, why
}

// TestSolve makes packets for the last of the rules and looks at the fields that the conditions fix.
func TestSolve(t *testing.T) {
	for _, c := range []struct {
		name, rules string
		hook        lab.Hook
		family      ast.Family
		ok          func(p lab.Packet) bool
	}{
		{"address", "-A INPUT -s 192.0.2.7 -j DROP", lab.Input, ast.IPv4, func(p lab.Packet) bool { return p.Src == parse("192.0.2.7") }},
		{"net", "-A INPUT -s 192.0.2.0/24 -j DROP", lab.Input, ast.IPv4, func(p lab.Packet) bool { return strings.HasPrefix(p.Src.String(), "192.0.2.") }},
		{"net6", "-A INPUT -s 2001:db8::/64 -j DROP", lab.Input, ast.IPv6, func(p lab.Packet) bool { return strings.HasPrefix(p.Src.String(), "2001:db8::") }},
		{"destination", "-A FORWARD -d 192.0.2.7 -j DROP", lab.Forward, ast.IPv4, func(p lab.Packet) bool { return p.Dst == parse("192.0.2.7") }},
		{"not the near end", "-A INPUT ! -d 10.77.0.2 -j DROP", lab.Input, ast.IPv4, func(p lab.Packet) bool { return p.Dst != parse("10.77.0.2") }},
		{"range", "-A INPUT -m iprange --src-range 192.0.2.4-192.0.2.6 -j DROP", lab.Input, ast.IPv4, func(p lab.Packet) bool { return p.Src == parse("192.0.2.5") }},
		{"device", "-A INPUT -i ppp+ -j DROP", lab.Input, ast.IPv4, func(p lab.Packet) bool { return p.In == "ppp0" }},
		{"other device", "-A INPUT ! -i eth0 -j DROP", lab.Input, ast.IPv4, func(p lab.Packet) bool { return p.In == "ppp0" }},
		{"protocol", "-A INPUT -p 47 -j DROP", lab.Input, ast.IPv4, func(p lab.Packet) bool { return p.Proto == 47 }},
		{"ports", "-A INPUT -p udp --sport 500 --dport 1000:1001 -j DROP", lab.Input, ast.IPv4, func(p lab.Packet) bool { return p.Proto == lab.UDP && p.SPort == 500 && p.DPort/2 == 500 }},
		{"not a port", "-A INPUT -p tcp ! --dport 1:65534 -j DROP", lab.Input, ast.IPv4, func(p lab.Packet) bool { return p.DPort == 65535 }},
		{"multiport", "-A INPUT -p tcp -m multiport --dports 22,25 -j DROP", lab.Input, ast.IPv4, func(p lab.Packet) bool { return p.DPort == 22 || p.DPort == 25 }},
		{"echo", "-A INPUT -p icmp --icmp-type echo-request -j DROP", lab.Input, ast.IPv4, func(p lab.Packet) bool { return p.Proto == lab.ICMP }},
		{"echo6", "-A INPUT -p icmpv6 --icmpv6-type 128 -j DROP", lab.Input, ast.IPv6, func(p lab.Packet) bool { return p.Proto == lab.ICMP }},
		{"unreachable", "-A INPUT -p icmp --icmp-type 3/4 -j DROP", lab.Input, ast.IPv4, func(p lab.Packet) bool { return p.Message == lab.ICMPMessage{Type: 3, Code: 4, Set: true} }},
		{"not echo6", "-A INPUT -p icmpv6 ! --icmpv6-type 128 -j DROP", lab.Input, ast.IPv6, func(p lab.Packet) bool { return p.Message.Set && p.Message.Type != 128 }},
		{"no flags", "-A INPUT -p tcp --tcp-flags ALL NONE -j DROP", lab.Input, ast.IPv4, func(p lab.Packet) bool { return p.Flags&sixFlags == 0 && p.Flags != 0 }},
		{"all flags", "-A INPUT -p tcp --tcp-flags ALL ALL -j DROP", lab.Input, ast.IPv4, func(p lab.Packet) bool { return p.Flags == sixFlags }},
		{"not syn", "-A INPUT -p tcp ! --syn -m state --state NEW -j DROP", lab.Input, ast.IPv4, func(p lab.Packet) bool { return p.Flags == lab.ACK }},
		{"invalid", "-A INPUT -m conntrack --ctstate INVALID -j DROP", lab.Input, ast.IPv4, func(p lab.Packet) bool { return p.Proto == lab.TCP && p.Flags != lab.SYN }},
		{"new", "-A INPUT -m conntrack --ctstate NEW,ESTABLISHED -j DROP", lab.Input, ast.IPv4, func(p lab.Packet) bool { return modellab.State(&p) == compile.CtNew }},
		{"ttl", "-A INPUT -m ttl --ttl-eq 7 -j DROP", lab.Input, ast.IPv4, func(p lab.Packet) bool { return p.TTL == 7 }},
		{"ttl on the way", "-A FORWARD -m ttl --ttl-eq 7 -j DROP", lab.Forward, ast.IPv4, func(p lab.Packet) bool { return p.TTL == 8 }},
		{"length", "-A INPUT -p udp -m length --length 900:1000 -j DROP", lab.Input, ast.IPv4, func(p lab.Packet) bool { return modellab.Length(&p) >= 900 && modellab.Length(&p) <= 1000 }},
		{"through a jump", "-A INPUT -p tcp --dport 22 -j C\n-A C -s 192.0.2.7 -j DROP", lab.Input, ast.IPv4, func(p lab.Packet) bool { return p.DPort == 22 && p.Src == parse("192.0.2.7") }},
		{"past a port", "-A INPUT -p tcp -j DROP\n-A INPUT -j ACCEPT", lab.Input, ast.IPv4, func(p lab.Packet) bool { return p.Proto != lab.TCP }},
		{"past a device", "-A INPUT -i eth0 -j ACCEPT\n-A INPUT -p udp -j DROP", lab.Input, ast.IPv4, func(p lab.Packet) bool { return p.In == "ppp0" && p.Proto == lab.UDP }},
		{"past a return", "-A INPUT -j C\n-A C -p udp -j RETURN\n-A C -j DROP", lab.Input, ast.IPv4, func(p lab.Packet) bool { return p.Proto != lab.UDP }},
		{"past a list", "-A INPUT -m recent --rcheck -j DROP\n-A INPUT -p udp --dport 53 -j ACCEPT", lab.Input, ast.IPv4, func(p lab.Packet) bool { return p.DPort == 53 }},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := siteOf(t, c.hook, c.family, c.rules)
			for seed := range uint64(20) {
				p, why := solved(s, seed)
				if why != "" || !c.ok(p) {
					t.Fatalf("seed %d: %q\n%+v", seed, why, p)
				}
			}
		})
	}
}

// TestCannot holds the reasons where there is no packet.
func TestCannot(t *testing.T) {
	for rules, want := range map[string]string{
		"-A INPUT -i lo -j ACCEPT":                                   "packets on lo are the host's own, which the lab does not send",
		"-A INPUT -m conntrack --ctstate ESTABLISHED -j ACCEPT":      "only a packet of a connection with answers has the state; the packets here are single ones",
		"-A INPUT -p tcp -j DROP\n-A INPUT -p tcp --dport 2 -j DROP": "the rule at line 3 takes every such packet first",
		"-A INPUT -p tcp -j C\n-A C -p udp -j DROP":                  "no packet was found for which all conditions on the way to it hold",
		"-A C -p tcp -j DROP":                                        "",
	} {
		s := siteOf(t, lab.Input, ast.IPv4, rules)
		_, why := solved(s, 1)
		if diff := cmp.Diff(want, why); diff != "" {
			t.Errorf("%s\n%s", rules, diff)
		}
	}
}

// TestKnocking holds that a script fills the lists that lead to a rule, one through the other.
func TestKnocking(t *testing.T) {
	s := siteOf(t, lab.Input, ast.IPv4, strings.Join([]string{
		"-A INPUT -p tcp --dport 3 -m recent --rcheck --name TWO -m recent --set --name OPEN -j DROP",
		"-A INPUT -p tcp --dport 2 -m recent --rcheck --name ONE -m recent --set --name TWO -j DROP",
		"-A INPUT -p tcp --dport 1 -m recent --set --name ONE -j DROP",
		"-A INPUT -p tcp --dport 22 -m recent --rcheck --name OPEN -j ACCEPT",
	}, "\n"))
	w := newWriter(newSolver(s, rand.New(rand.NewPCG(1, 1))))
	script, why := w.write(s.last(), w.actor())
	if script == nil {
		t.Fatal(why)
	}
	var ports []uint16
	for _, burst := range script.bursts {
		ports = append(ports, burst[0].DPort)
	}
	if diff := cmp.Diff([]uint16{1, 2, 3, 22}, ports); diff != "" {
		t.Error(diff)
	}
}

// TestPlanIsTheSeeds holds that the same seed gives the same packets.
func TestPlanIsTheSeeds(t *testing.T) {
	plan := func() lab.Trace {
		s := siteOf(t, lab.Input, ast.IPv4, "-A INPUT -p tcp --dport 22 -m recent --set\n-A INPUT -p tcp --dport 22 -m recent --update --seconds 2 --hitcount 4 -j DROP")
		return makePlan(rand.New(rand.NewPCG(1, 1)), []*site{s}, 60).trace
	}
	if diff := cmp.Diff(plan(), plan(), cmp.Comparer(func(a, b lab.Packet) bool { return a == b })); diff != "" {
		t.Error(diff)
	}
}

// TestAvoid holds that no packet comes where the window of 3 s ends for its address.
func TestAvoid(t *testing.T) {
	s := siteOf(t, lab.Input, ast.IPv4, "-A INPUT -m recent --set\n-A INPUT -m recent --update --seconds 3 --hitcount 2 -j DROP")
	trace := makePlan(rand.New(rand.NewPCG(1, 1)), []*site{s}, 100).trace
	for tick, packets := range trace {
		for _, p := range packets {
			for _, q := range trace[max(0, tick-23)] {
				if tick >= 23 && p.Src == q.Src {
					t.Fatalf("tick %d: %v has an age of 2.99 s", tick, p)
				}
			}
		}
	}
}

func TestParseCounters(t *testing.T) {
	got := parseCounters("*filter\n:INPUT DROP [1:2]\n[3:40] -A INPUT -p tcp -j DROP\n[0:0] -A INPUT -j C\n[5:6] -A C -j DROP\nCOMMIT\n")
	want := map[[2]string][]uint64{{"filter", "INPUT"}: {3, 0}, {"filter", "C"}: {5}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
