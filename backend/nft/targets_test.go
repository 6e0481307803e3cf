package nft_test

import (
	"strings"
	"testing"

	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/backend/nft"
	"github.com/recentc/recentc/compile"
	"github.com/recentc/recentc/grammar"
	"github.com/recentc/recentc/internal/diag"
)

// oneRule wraps a rule, given with its table in front, in a save file.
func oneRule(rule string) string {
	table, rest, _ := strings.Cut(rule, " ")
	return "*" + table + "\n-A " + rest + "\nCOMMIT\n"
}

// targetForms holds how targets are written, above all where the nearest statement of
// nftables does something else.
var targetForms = []struct {
	family     ast.Family
	rule, want string
}{
	{ast.IPv4, "filter INPUT -j REJECT", "counter reject"},
	{ast.IPv6, "filter INPUT -j REJECT --reject-with policy-fail", "counter reject with icmpv6 type policy-fail"},
	{ast.IPv4, "filter INPUT -j LOG --log-prefix \"a* \\\\\" --log-level 3 --log-tcp-options", `counter log prefix "a* \" level err flags tcp options`},
	{ast.IPv4, "filter INPUT -j NFLOG", "counter log group 0"},
	{ast.IPv4, "filter INPUT -j AUDIT --type drop", "counter log level audit"},
	// (mark & ~mask) ^ value
	{ast.IPv4, "mangle INPUT -j MARK --set-xmark 0x12/0xf", "counter meta mark set meta mark & 0xfffffff0 ^ 0x12"},
	{ast.IPv4, "mangle INPUT -j MARK --set-mark 0x12/0xf", "counter meta mark set meta mark & 0xffffffe0 | 0x12"},
	{ast.IPv4, "mangle INPUT -j CONNMARK --xor-mark 5 --left-shift-mark 3", "counter ct mark set (ct mark ^ 0x5) << 3"},
	{ast.IPv4, "mangle INPUT -j CONNMARK --set-mark 5 --left-shift-mark 3", "counter ct mark set 0x28"},
	{ast.IPv4, "mangle INPUT -j CONNMARK --restore-mark --ctmask 0xff", "counter meta mark set ct mark & 0xff"},
	{ast.IPv4, "mangle INPUT -j CONNMARK --restore-mark --mask 0x2", "ct mark & 0x2 == 0x2 meta mark set meta mark ^ 0x2"},
	{ast.IPv4, "mangle INPUT -j CONNMARK --save-mark --mask 0x2", "meta mark & 0x2 == 0x0 ct mark set ct mark & 0xfffffffd"},
	// All eight bits of the field, and the checksum with them.
	{ast.IPv4, "mangle INPUT -j TOS --set-tos 0x1f", "counter ip dscp set 0x07 ip ecn set ce"},
	{ast.IPv6, "mangle INPUT -j TOS --or-tos 0xc0", "ip6 dscp { 0x00, 0x10, 0x20 } ip6 dscp set 0x30 return"},
	{ast.IPv4, "mangle INPUT -j TTL --ttl-dec 1", "ip ttl 64 ip ttl set 63 return"},
	{ast.IPv4, "mangle INPUT -p tcp -j ECN --ecn-tcp-remove", "tcp flags & 0x3f == 0x12 tcp flags set 0x12 return"},
	// A port needs its protocol in the same rule, also behind a list.
	{ast.IPv4, "nat PREROUTING -p tcp -m tcp --dport 80 -j DNAT --to 10.0.0.1:8080", "counter dnat to 10.0.0.1:8080"},
	{ast.IPv4, "nat PREROUTING -p tcp -m recent --set -j DNAT --to 10.0.0.1:8080", "counter meta l4proto tcp dnat to 10.0.0.1:8080"},
	{ast.IPv6, "nat PREROUTING -p tcp -j DNAT --to [2001:db8::1-2001:db8::5]:80-90", "counter dnat to [2001:db8::1]-[2001:db8::5]:80-90"},
	// nft lists this range as a prefix, which it does not read with a port.
	{ast.IPv4, "nat POSTROUTING -p tcp -j SNAT --to 10.0.0.0-10.0.0.7:1024-2047", "counter snat ip to meta l4proto map { tcp : 10.0.0.0-10.0.0.7 . 1024-2047 }"},
	{ast.IPv4, "nat POSTROUTING -j SNAT --to 10.0.0.1-10.0.0.7 --random --persistent", "counter snat to 10.0.0.1-10.0.0.7 random,persistent"},
	{ast.IPv4, "nat OUTPUT -j NETMAP --to 10.0.0.0/8", "ip daddr 10.0.0.0/8 accept\n\t\tdnat prefix to 10.0.0.0/8"},
	{ast.IPv4, "nat INPUT -j NETMAP --to 10.0.0.0/8", "ip saddr 10.0.0.0/8 accept\n\t\tsnat prefix to 10.0.0.0/8"},
	{ast.IPv4, "filter INPUT -j NFQUEUE --queue-balance 0:3 --queue-bypass", "counter queue flags bypass to 0-3"},
	{ast.IPv4, "filter INPUT -p tcp -j SYNPROXY", "tcp flags & (fin | syn | rst | ack) == { 0x0, fin, rst, fin | rst, syn, ack } synproxy"},
	// Without a socket iptables drops the packet; nftables goes on.
	{ast.IPv6, "mangle PREROUTING -p tcp -j TPROXY --on-port 1 --on-ip 2001:db8::1", "meta l4proto tcp tproxy to [2001:db8::1]:1 accept\n\t\tdrop"},
	{ast.IPv4, "raw PREROUTING -p tcp -m tcp --dport 21 -j CT --helper ftp", "ct state new ct helper set \"ftp\""},
}

// TestTargetForms holds the table above.
func TestTargetForms(t *testing.T) {
	for _, c := range targetForms {
		if out := translate(t, c.family, oneRule(c.rule), nft.Options{}); !strings.Contains(out.Text, c.want+"\n") {
			t.Errorf("%s: no line with %q in %s", c.rule, c.want, out.Text)
		}
	}
}

// TestRefused holds what nftables cannot say.
func TestRefused(t *testing.T) {
	for _, rules := range []string{
		oneRule(`filter INPUT -j LOG --log-prefix "say \"hi\""`),
		oneRule(`filter INPUT -j NFLOG --nflog-prefix "5 $"`),
		oneRule("filter INPUT -p tcp -j SYNPROXY --mss 1460"),
		oneRule("raw PREROUTING -p tcp -m limit --limit 1/s -j CT --helper ftp"),
		"*raw\n-A PREROUTING -p udp -j ACCEPT\n-A PREROUTING -p tcp -j CT --helper ftp\nCOMMIT\n",
		// Both count as the first says; which that is depends on how they were loaded.
		"*filter\n-A INPUT -m hashlimit --hashlimit-upto 5/s --hashlimit-name h\n-A INPUT -m hashlimit --hashlimit-upto 9/s --hashlimit-name h\nCOMMIT\n",
		"*nat\n:a - [0:0]\n-A PREROUTING -j a\n-A POSTROUTING -j a\n-A a -j NETMAP --to 10.0.0.0/8\nCOMMIT\n",
	} {
		f, _ := grammar.ParseFile("in", rules)
		programs, diags := compile.Compile([]*ast.File{f}, compile.Options{Family: ast.IPv4})
		_, l := nft.Translate(programs, nft.Options{})
		if diags.HasErrors() || l.Count(diag.Error) != 1 || l[len(l)-1].Code != diag.NotInNft {
			t.Errorf("%s%s%s", rules, allText(diags), allText(l))
		}
	}
}
