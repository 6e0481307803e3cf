package model_test

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/recentc/recentc/compile"
	"github.com/recentc/recentc/internal/lab"
	"github.com/recentc/recentc/internal/model"
)

// conditions are what a rule can ask of a packet, for both families where no family is named.
var conditions = []string{
	"-s 192.0.2.1 #4", "! -s 192.0.2.0/31 #4", "-d 10.0.0.0/255.0.0.255 #4", "-s 2001:db8::1 #6", "! -s 2001:db8::/127 #6",
	"-s ::1/::ff #6", "-m iprange --src-range 192.0.2.2-192.0.2.3 #4", "-m iprange ! --src-range 192.0.2.2-192.0.2.3 --dst-range 10.0.0.0-10.255.255.255 #4",
	"-m iprange --src-range 2001:db8::2-2001:db8::3 #6", "-m iprange ! --dst-range :: #6",
	"-p udp", "! -p udp", "-p 47", "-p icmp #4", "-p icmpv6 #6", "-f #4", "! -f #4",
	"-p udp --dport 7001", "-p udp ! --sport 40001:40002", "-p tcp --sport :40001 --dport 7002:", "-p tcp ! --dport 7002",
	"-p tcp --syn", "-p tcp ! --syn", "-p tcp --tcp-flags SYN,ACK SYN", "-p tcp --tcp-flags ALL NONE", "-p tcp ! --tcp-flags FIN,URG,PSH FIN,PSH",
	"-p udp -m multiport --dports 7001,7003:7005", "-p tcp -m multiport ! --sports 40001,40003", "-p tcp -m multiport --ports 7002,40001", "-p udp -m multiport ! --ports 7002,40001",
	"-p icmp --icmp-type echo-request #4", "-p icmp ! --icmp-type 8/0 #4", "-p icmp --icmp-type 8/1 #4", "-p icmp --icmp-type any #4", "-p icmp ! --icmp-type any #4", "-p icmp ! --icmp-type 3 #4",
	"-p icmpv6 --icmpv6-type 128 #6", "-p icmpv6 ! --icmpv6-type echo-request #6", "-p icmpv6 --icmpv6-type 128/1 #6",
	"-m ttl --ttl-eq 64 #4", "-m ttl ! --ttl-eq 63 #4", "-m ttl --ttl-lt 63 #4", "-m ttl --ttl-gt 62 #4",
	"-m hl --hl-eq 64 #6", "-m hl ! --hl-eq 63 #6", "-m hl --hl-lt 63 #6", "-m hl --hl-gt 62 #6",
	"-m length --length 36", "-m length --length 48:56", "-m length ! --length :60", "-m length --length 9:3",
	"-m mark --mark 1", "-m mark ! --mark 0/0xff", "-m mark --mark 0/0",
	"-m conntrack --ctstate NEW", "-m conntrack ! --ctstate NEW", "-m state --state INVALID", "-m conntrack --ctstate UNTRACKED,NEW,SNAT",
	"-m comment --comment x",
}

// kinds are packets that differ in what the conditions ask for.
func kinds() (out []lab.Packet) {
	for _, src := range []string{"192.0.2.%d", "2001:db8::%d"} {
		add := func(p lab.Packet) {
			p.Src = netip.MustParseAddr(fmt.Sprintf(src, 1+len(out)%4))
			out = append(out, p)
		}
		for i := range 4 {
			add(lab.Packet{SPort: uint16(40000 + i), DPort: uint16(7001 + i), TTL: uint8(61 + i), Payload: strings.Repeat("x", 10*i)})
			add(lab.Packet{Proto: lab.TCP, SPort: uint16(40000 + i), DPort: uint16(7001 + i), Flags: lab.TCPFlags(2 + 7*i)})
		}
		add(lab.Packet{Proto: lab.TCP, Flags: lab.FIN | lab.PSH})
		add(lab.Packet{Proto: lab.ICMP})
		add(lab.Packet{Proto: 47, Payload: "generic"})
	}
	return out
}

// TestConditionsAgainstKernel asks every condition of every kind of packet at each hook. Only
// states are asked of UDP alone: the kernel finds fault with some of the other packets.
func TestConditionsAgainstKernel(t *testing.T) {
	lab.Require(t)
	for hook, chains := range map[lab.Hook][]string{lab.Input: {"PREROUTING", "INPUT"}, lab.Forward: {"FORWARD", "POSTROUTING"}, lab.Output: {"OUTPUT"}} {
		t.Run(hook.String(), func(t *testing.T) {
			t.Parallel()
			var sets []*comparison
			for _, chain := range chains {
				for part := range slices.Chunk(conditions, 30) {
					sets = append(sets, newComparison(t, chain+fmt.Sprint(len(sets)), marking(chain, "4", part), marking(chain, "6", part)))
				}
			}
			compareWithKernel(t, hook, lab.Trace{kinds(), kinds()}, sets...)
		})
	}
}

// marking gives every condition of the family a mark of its own.
func marking(chain, family string, conditions []string) string {
	var b strings.Builder
	b.WriteString("*mangle\n")
	for i, c := range conditions {
		options, only, restricted := strings.Cut(c, " #")
		if restricted && only != family {
			continue
		}
		if strings.Contains(options, "state") {
			options = "-p udp " + options
		}
		fmt.Fprintf(&b, "-A %s %s -j MARK --or-mark 0x%x\n", chain, options, 1<<i)
	}
	return b.String() + "COMMIT\n"
}

// TestStates holds the states of connections that the lab has no packets for. In raw no connection
// is known yet.
func TestStates(t *testing.T) {
	m := newMachine(t, model.Options{},
		table("raw", "-A PREROUTING -m conntrack --ctstate NEW -j MARK --or-mark 1", "-A PREROUTING -m state --state INVALID -j MARK --or-mark 2")+
			filter("-m conntrack --ctstate DNAT -j MARK --or-mark 4", "-m state --state ESTABLISHED,RELATED -j MARK --or-mark 8", "-m conntrack ! --ctstate DNAT,NEW -j MARK --or-mark 16"), "")
	p := parsePacket(t, "a")
	for state, want := range map[compile.CtState]uint32{
		compile.CtNew:                          2,
		compile.CtEstablished:                  2 | 8 | 16,
		compile.CtEstablished | compile.CtDNAT: 2 | 4 | 8,
		compile.CtUntracked:                    2 | 16,
		compile.CtInvalid:                      2 | 16,
		compile.CtRelated | compile.CtSNAT:     2 | 8 | 16,
	} {
		p.State = state
		v, err := m.Step(0, model.Incoming, p)
		if err != nil || v.Mark != want {
			t.Errorf("state %#x: mark %#x, want %#x, error %v", state, v.Mark, want, err)
		}
	}
}
