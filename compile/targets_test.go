package compile_test

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/compile"
)

// TestTargets holds what targets mean where iptables' own reading surprises.
func TestTargets(t *testing.T) {
	low, high := netip.MustParseAddr("1.2.3.4"), netip.MustParseAddr("1.2.3.9")
	v6 := netip.MustParseAddr("2001:db8::1")
	type change = compile.Change
	for _, c := range []struct {
		where, options string
		family         ast.Family
		want           compile.Target
	}{
		{"filter INPUT", "-j REJECT", ast.IPv4, &compile.Reject{Code: 3}},
		{"filter INPUT", "-j REJECT", ast.IPv6, &compile.Reject{Code: 4}},
		{"filter INPUT", "-j REJECT --reject-with ICMP-Net", ast.IPv4, &compile.Reject{Code: 0}},
		{"filter INPUT", "-p tcp -j REJECT --reject-with tcp-rst", ast.IPv4, &compile.Reject{Reset: true}},
		{"filter INPUT", "-j LOG", ast.IPv4, &compile.Log{Level: 4}},
		{"filter INPUT", "-j LOG --log-level panic --log-uid", ast.IPv4, &compile.Log{UID: true}},
		{"filter INPUT", "-j LOG --log-prefix \"-- x \"", ast.IPv4, &compile.Log{Level: 4, Prefix: "-- x "}},
		{"filter INPUT", "-j NFLOG --nflog-range 9", ast.IPv4, &compile.NFLog{}},
		{"filter INPUT", "-j NFLOG --nflog-size 0", ast.IPv4, &compile.NFLog{HasSize: true}},
		{"mangle INPUT", "-j MARK --set-mark 0x10/0xf", ast.IPv4, &compile.SetMark{Change: change{Clear: 0x1f, Toggle: 0x10}}},
		{"mangle INPUT", "-j MARK --set-xmark 0x10/0xf", ast.IPv4, &compile.SetMark{Change: change{Clear: 0xf, Toggle: 0x10}}},
		{"mangle INPUT", "-j MARK --and-mark 0xf0", ast.IPv4, &compile.SetMark{Change: change{Clear: 0xffffff0f}}},
		{"mangle INPUT", "-j CONNMARK --set-mark 0x500/0xf0 --mask 0xff", ast.IPv4, &compile.SetConnMark{
			Change: change{Clear: 0xff, Toggle: 0x500}, PacketMask: 0xff, ConnMask: 0xff}},
		{"mangle INPUT", "-j CONNMARK --save-mark --right-shift-mark 3", ast.IPv4, &compile.SetConnMark{
			Op: compile.SaveMark, Change: change{Clear: 0xffffffff}, PacketMask: 0xffffffff, ConnMask: 0xffffffff, Shift: -3}},
		{"mangle INPUT", "-j TOS --set-tos minimize-DELAY", ast.IPv4, &compile.SetTOS{Change: change{Clear: 0x3f, Toggle: 0x10}}},
		{"mangle INPUT", "-j TOS --set-tos 16", ast.IPv4, &compile.SetTOS{Change: change{Clear: 0xff, Toggle: 0x10}}},
		{"mangle INPUT", "-j DSCP --set-dscp-class af43", ast.IPv6, &compile.SetDSCP{Value: 0x26}},
		{"mangle INPUT", "-j HL --hl-dec 9", ast.IPv6, &compile.SetHL{TTLChange: compile.TTLChange{Relative: true, By: -9}}},
		{"nat POSTROUTING", "-j SNAT --to 1.2.3.4-1.2.3.9 --persistent", ast.IPv4, &compile.SNAT{NAT: compile.NAT{Low: low, High: high, Persistent: true}}},
		{"nat PREROUTING", "-p tcp -j DNAT --to :ssh", ast.IPv4, &compile.DNAT{NAT: compile.NAT{Ports: &compile.Span{Low: 22, High: 22}, Protocol: 6}}},
		{"nat PREROUTING", "-p udp -j DNAT --to [2001:db8::1]:0x10-20", ast.IPv6, &compile.DNAT{NAT: compile.NAT{
			Low: v6, High: v6, Ports: &compile.Span{Low: 16, High: 20}, Protocol: 17}}},
		{"nat PREROUTING", "-j DNAT --to [2001:db8::1]", ast.IPv6, &compile.DNAT{NAT: compile.NAT{Low: v6, High: v6}}},
		{"nat POSTROUTING", "-p tcp -j MASQUERADE --to-ports ftp-data", ast.IPv4, &compile.Masquerade{NAT: compile.NAT{
			Ports: &compile.Span{Low: 20, High: 20}, Protocol: 6}}},
		{"filter OUTPUT", "-j CLASSIFY --set-class 10:ab", ast.IPv4, &compile.Classify{Major: 0x10, Minor: 0xab}},
		{"filter INPUT", "-j NFQUEUE --queue-balance 3:", ast.IPv4, &compile.NFQueue{Queues: compile.Span{Low: 3, High: 65535}}},
		{"raw PREROUTING", "-j CT --zone 3 --zone-reply 5", ast.IPv4, &compile.CT{Zone: 5, Reply: true}},
		{"mangle FORWARD", "-p tcp --syn -j TCPMSS --clamp-mss-to-pmtu --set-mss 9", ast.IPv4, &compile.SetMSS{Size: 9}},
		{"mangle FORWARD", "-p tcp -j TCPOPTSTRIP --strip-options timestamp,0x2", ast.IPv4, &compile.StripOptions{Kinds: []uint8{2, 8}}},
		{"mangle PREROUTING", "-p udp -j TPROXY --on-port 0 --on-ip 0.0.0.0 --tproxy-mark 1", ast.IPv4, &compile.TProxy{
			Mark: change{Clear: 0xffffffff, Toggle: 1}, Protocol: 17}},
	} {
		programs, diags := compileText(ruleIn(c.where, c.options), compile.Options{Family: c.family})
		if diags.HasErrors() {
			t.Errorf("%s: %s", c.options, codes(diags))
			continue
		}
		if d := cmp.Diff(c.want, onlyTarget(programs), cmpopts.EquateComparable(netip.Addr{})); d != "" {
			t.Errorf("%s: %s", c.options, d)
		}
	}
}

// ruleIn wraps one rule of a table and chain, which is made if it is in lower case.
func ruleIn(where, options string) string {
	table, chain, _ := strings.Cut(where, " ")
	text := "*" + table + "\n"
	if chain == strings.ToLower(chain) {
		text += ":" + chain + " - [0:0]\n"
	}
	return text + "-A " + chain + " " + options + "\nCOMMIT\n"
}

// onlyTarget is the target of the only rule.
func onlyTarget(programs []*compile.Program) compile.Target {
	for _, c := range programs[0].Chains {
		for _, r := range c.Rules {
			return r.Target
		}
	}
	return nil
}

// TestTargetChecks holds what iptables or the kernel refuses, and what is left
// out of the translation.
func TestTargetChecks(t *testing.T) {
	for _, c := range []struct{ where, options, want string }{
		{"filter INPUT", "-j REJECT --reject-with tcp-reset", "RC1118"},
		{"filter INPUT", "! -p tcp -j REJECT --reject-with tcp-reset", "RC1112"},
		{"filter INPUT", "-j REJECT --reject-with port-unreachable", "RC1107"},
		{"filter INPUT", "-j REJECT --reject-with icmp6-no-route", "RC1009"},
		{"mangle INPUT", "-j REJECT", "RC1118"},
		{"mangle PREROUTING", "-j REJECT", "RC1113"},
		{"nat INPUT", "-j REJECT", "RC1113"},
		{"filter INPUT", "-j LOG --log-level warn", "RC1107"},
		{"filter INPUT", "-j LOG --log-prefix \"\"", "RC1107"},
		{"filter INPUT", "-j LOG --log-prefix " + strings.Repeat("x", 30), "RC1116"},
		{"filter INPUT", "-j NFLOG --nflog-size 1 --nflog-range 2", "RC1111"},
		{"filter INPUT", "-j MARK", "RC1110"},
		{"filter INPUT", "-j MARK --set-mark 1 --or-mark 2", "RC1111"},
		{"filter INPUT", "-j MARK --set-mark 1/", "RC1107"},
		{"nat PREROUTING", "-j MASQUERADE", "RC1113"},
		{"filter FORWARD", "-j MASQUERADE", "RC1113"},
		{"nat POSTROUTING", "-j MASQUERADE --to-ports 9", "RC1112"},
		{"nat POSTROUTING", "-p udplite -j MASQUERADE --to-ports 9", "RC1112"},
		{"nat POSTROUTING", "! -p tcp -j MASQUERADE --to-ports 9", "RC1109"},
		{"nat POSTROUTING", "-p tcp -j MASQUERADE --to-ports 20-10", "RC1107"},
		{"nat POSTROUTING", "-p tcp -j MASQUERADE --to-ports ssh-http", "RC1107"},
		{"nat POSTROUTING", "-j SNAT", "RC1110"},
		{"nat POSTROUTING", "-j SNAT --to 1.2.3", "RC1107"},
		{"nat POSTROUTING", "-j SNAT --to 1.2.3.4-1.2.3.2", "RC1109"},
		{"nat PREROUTING", "-p tcp -j DNAT --to 1.2.3.4:1-10/5", "RC1109"},
		{"nat PREROUTING", "-p tcp -j DNAT --to 1.2.3.4:", "RC1107"},
		{"nat POSTROUTING", "-j NETMAP --to 1.2.3.4/255.0.255.0", "2:31 RC1117"},
		{"mangle PREROUTING", "-j CLASSIFY --set-class 1:2", "RC1113"},
		{"filter OUTPUT", "-j CLASSIFY --set-class 1", "RC1107"},
		{"mangle INPUT", "-j CONNMARK --mask 1", "RC1110"},
		{"mangle INPUT", "-j CONNMARK --save-mark --nfmask 1 --mask 1", "RC1111"},
		{"mangle INPUT", "-j CONNMARK --save-mark --left-shift-mark 32", "RC1107"},
		{"filter INPUT", "-j DSCP --set-dscp 1", "RC1118"},
		{"nat OUTPUT", "-j DSCP --set-dscp 1", "RC1113"},
		{"mangle INPUT", "-j DSCP --set-dscp-class CS8", "RC1107"},
		{"mangle INPUT", "-j ECN --ecn-tcp-remove", "RC1118"},
		{"mangle INPUT", "-j TTL --ttl-dec 0", "RC1107"},
		{"mangle INPUT", "-j HL --hl-set 1", "RC1101"},
		{"filter INPUT", "-j NFQUEUE --queue-balance 0:65535", "RC1107"},
		{"filter INPUT", "-j NFQUEUE --queue-num 1 --queue-cpu-fanout", "RC1110"},
		{"filter INPUT", "-p tcp -j SYNPROXY --ecn", "RC1109"},
		{"filter OUTPUT", "-p tcp -j SYNPROXY", "RC1113"},
		{"mangle FORWARD", "-p tcp ! --syn -j TCPMSS --set-mss 9", "RC1110"},
		{"mangle INPUT", "-p tcp --syn -j TCPMSS --clamp-mss-to-pmtu", "RC1113"},
		{"mangle FORWARD", "-p tcp -j TCPOPTSTRIP --strip-options 1", "RC1107"},
		{"mangle FORWARD", "-p tcp -j TCPOPTSTRIP --strip-options mss,2", "RC1107"},
		{"filter INPUT", "-j TEE --gateway 0.0.0.0", "RC1107"},
		{"filter INPUT", "-j TEE --gateway 1.2.3.4 --oif eth0", "RC1109"},
		{"mangle PREROUTING", "-j TPROXY --on-port 1", "RC1112"},
		{"mangle PREROUTING", "-p tcp -j TPROXY --on-ip 1.2.3.4", "RC1110"},
		{"raw PREROUTING", "-j CT --helper ftp", "RC1112"},
		{"raw PREROUTING", "-j CT --zone mark", "RC1109"},
		{"filter INPUT", "-j TRACE", "RC1118"},
		{"filter INPUT", "-j CT --notrack", "RC1113"},
		{"filter INPUT", "-p tcp -j TPROXY --on-port 1", "RC1113"},
		{"filter INPUT", "-j ULOG --ulog-nlgroup 1", "RC1109"},
	} {
		_, diags := compileText(ruleIn(c.where, c.options), compile.Options{Family: ast.IPv4})
		if got := codes(diags); !strings.HasSuffix(got, c.want) || len(diags) != 1 {
			t.Errorf("%s: %q, want %s", c.options, got, c.want)
		}
	}
}

// TestTargetsReached holds that a chain of the user's own is checked for where it
// is called from.
func TestTargetsReached(t *testing.T) {
	const rules = "*nat\n:a - [0:0]\n:b - [0:0]\n-A %s -j a\n-A a -j b\n-A b -j MASQUERADE\nCOMMIT\n"
	for hook, want := range map[string]string{"POSTROUTING": "", "PREROUTING": "6:1 RC1113"} {
		_, diags := compileText(strings.Replace(rules, "%s", hook, 1), compile.Options{Family: ast.IPv4})
		if got := codes(diags); got != want {
			t.Errorf("%s: %q, want %q", hook, got, want)
		}
	}
}
