package nft_test

import (
	"strings"
	"testing"

	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/backend/nft"
	"github.com/recentc/recentc/internal/lab"
)

// matchForms holds the forms of matches that are not what one would write first,
// because the first thought treats some packet in another way, or is not listed
// as it was loaded. A "|" stands between two rules.
var matchForms = []struct {
	family  ast.Family
	options string
	want    string
}{
	// Either of the two may differ; "type != 3 code != 1" would ask for both.
	{ast.IPv4, "-p icmp ! --icmp-type 3/1", "icmp type . icmp code != { destination-unreachable . 1 } counter"},
	{ast.IPv6, "-p icmpv6 --icmpv6-type 1/4", "icmpv6 type destination-unreachable icmpv6 code 4 counter"},
	// "ct state != a,b" compares with both at once in nft 1.0.6.
	{ast.IPv4, "-m state ! --state NEW,INVALID", "ct state ! invalid,new counter"},
	// A packet without connection has no ct status, and is not one of SNAT.
	{ast.IPv4, "-m conntrack ! --ctstate SNAT",
		"jump INPUT_2 | ct state invalid,untracked goto INPUT_3 | ct state established,related,new ct status ! snat goto INPUT_3 | counter"},
	// An invalid packet matches by its state, whatever else is asked.
	{ast.IPv4, "-m conntrack --ctstate INVALID,NEW --ctproto tcp",
		"jump INPUT_2 | ct state invalid goto INPUT_3 | ct state new ct protocol tcp goto INPUT_3 | counter"},
	{ast.IPv4, "-p tcp -m conntrack --ctorigdstport 22 -m tcp --dport 5", "tcp sport >= 0 ct original proto-dst 22 tcp dport 5 counter"},
	{ast.IPv4, "-p icmp -m conntrack --ctproto tcp", "meta l4proto icmp ct protocol 6-6 counter"},
	{ast.IPv4, "-m conntrack --ctexpire 10:20", "ct expiration >= 10s ct expiration < 21s counter"},
	{ast.IPv4, "-m conntrack --ctorigsrc 0/0", "ct state established,related,new counter"},
	{ast.IPv4, "-p tcp -m multiport --dports 80,70:90,91", "tcp dport 70-91 counter"},
	{ast.IPv4, "-p udp -m multiport --ports 53 -j ACCEPT", "udp sport 53 counter accept | udp dport 53 counter accept"},
	{ast.IPv6, "-m addrtype ! --dst-type UNICAST", "ip6 daddr { ::, ::ffff:0.0.0.0/96, ff00::/8 } counter"},
	// The host's packets to itself have the loopback for a device.
	{ast.IPv6, "-m addrtype --dst-type LOCAL -j DROP", "fib daddr type local counter drop | iifname \"lo\" ip6 daddr fe80::/10 counter drop"},
	{ast.IPv4, "-m ttl --ttl-gt 1", "ip ttl > 1 counter"},
	{ast.IPv4, "-m connmark ! --mark 1/0", "ct state established,related,new counter"},
	{ast.IPv4, "-m connlabel ! --label 3", "jump INPUT_2 | ct label 3 return | counter"},
	{ast.IPv4, "-m connlabel --label 3 --set -j ACCEPT", "ct label set 3 ct label 3 counter accept"},
	{ast.IPv4, "-m connlabel ! --label 3 --set", "ct label set 3 jump INPUT_2 | ct label 3 return | counter"},
	// A packet without the option, or without a socket, matches the negation.
	{ast.IPv4, "-p tcp -m tcpmss ! --mss 536:65535 -j DROP",
		"tcp sport >= 0 jump INPUT_2 | tcp sport >= 0 tcp option maxseg size 536-65535 return | counter drop"},
	// A full set must not end a rule that drops.
	{ast.IPv4, "-m connlimit --connlimit-above 5 --connlimit-mask 24 -j DROP",
		"jump INPUT_2 | add @connlimit0 { ip saddr & 255.255.255.0 ct count 5 } return | counter drop"},
	// Nothing but the counter hangs on a full set.
	{ast.IPv4, "-m connlimit --connlimit-above 5", "add @connlimit0 { ip saddr ct count over 5 } counter"},
	{ast.IPv4, "-m hashlimit --hashlimit-above 5/m --hashlimit-mode srcip --hashlimit-name h -j DROP",
		"jump INPUT_2 | update @h { ip saddr timeout 60s limit rate 5/minute burst 5 packets } return | counter drop"},
	{ast.IPv4, "-m hashlimit --hashlimit-upto 5/s --hashlimit-name h", "update @h { ip saddr & 0.0.0.0 timeout 1s limit rate 5/second burst 5 packets } counter"},
	{ast.IPv6, "-m hashlimit --hashlimit-upto 5/s --hashlimit-mode dstport --hashlimit-name h -j ACCEPT",
		"meta l4proto { tcp, udp, dccp, esp, sctp, udplite } update @h { @th,0,32 & 0xffff timeout 1s limit rate 5/second burst 5 packets } counter accept" +
			" | meta l4proto != { tcp, udp, dccp, esp, sctp, udplite } update @h { @nh,32,32 & 0x0 timeout 1s limit rate 5/second burst 5 packets } counter accept"},
	{ast.IPv4, "-m tos ! --tos 0x10", "jump INPUT_2 | ip dscp != 0x04 goto INPUT_3 | ip ecn != not-ect goto INPUT_3 | counter"},
	{ast.IPv6, "-m tos --tos Minimize-Delay", "@nh,0,16 & 0x3f0 == 0x100 counter"},
	{ast.IPv6, "-m hbh ! --hbh-len 22", "exthdr hbh exists counter"},
	{ast.IPv6, "-m frag --fragres", "frag reserved 0 frag reserved2 0 counter"},
	{ast.IPv6, "-m rt --rt-segsleft 0:300", "exthdr rt exists counter"},
	// ip6tables looks behind AH, nftables does not; so -p ah is no packet there.
	{ast.IPv6, "-p ah -j ACCEPT", ""},
	{ast.IPv6, "! -p ah -j ACCEPT", "counter accept"},
	{ast.IPv6, "-m ah --ahspi 3 -j ACCEPT", "ah spi 3 counter accept"},
	{ast.IPv4, "-p ah -j ACCEPT", "meta l4proto ah counter accept"},
	{ast.IPv4, "-p udp --sport 5:1 -j ACCEPT", ""},
	{ast.IPv4, "-p udp ! --sport 5:1 --dport 7 -j ACCEPT", "udp sport >= 0 udp dport 7 counter accept"},
	{ast.IPv4, "-m tcp -j ACCEPT", "meta l4proto tcp counter accept"},
	{ast.IPv4, "-p tcp -m tcp -j ACCEPT", "meta l4proto tcp counter accept"},
	{ast.IPv4, "-p tcp -m tcp --tcp-flags ALL NONE -j DROP", "tcp flags & (fin | syn | rst | psh | ack | urg) == 0x0 counter drop"},
	{ast.IPv4, "-p tcp -m tcp ! --tcp-flags SYN SYN -j DROP", "tcp flags & syn != syn counter drop"},
	{ast.IPv6, "-p icmpv6 -m icmp6 --icmpv6-type 139 -j DROP", "icmpv6 type 139 counter drop"},
	{ast.IPv6, "-p icmpv6 -m icmp6 ! --icmpv6-type 200/7 -j DROP", "icmpv6 type . icmpv6 code != { 200 . 7 } counter drop"},
	{ast.IPv4, "-m statistic --mode nth --every 3 --packet 2", "numgen inc mod 3 2 counter"},
	{ast.IPv4, "-m time --timestart 20:00 --timestop 7:00 -j DROP", "meta hour >= 72000 counter drop | meta hour <= 25200 counter drop"},
	{ast.IPv4, "-m u32 --u32 40>>24=0x45", "meta length >= 44 @nh,320,8 0x45 counter"},
	{ast.IPv4, "-m u32 --u32 0>>22&0x3C@8=0x20", "@th,64,32 0x20 counter"},
	{ast.IPv4, "-m u32 --u32 0>>22&0x3C@12>>16=1:9", "@th,120,8 >= 0 @th,96,16 0x1-0x9 counter"},
	{ast.IPv4, "-m u32 --u32 0&0xff00ffff=0x45000028", "@nh,0,8 0x45 @nh,16,16 0x28 counter"},
	{ast.IPv4, "-m socket --restore-skmark -j ACCEPT",
		"socket transparent <= 1 jump INPUT_2 | socket wildcard 1 return | meta mark set socket mark | counter accept"},
}

// TestMatchForms holds the table above.
func TestMatchForms(t *testing.T) {
	for _, c := range matchForms {
		out := translate(t, c.family, "*filter\n-A INPUT "+c.options+"\nCOMMIT\n", nft.Options{})
		if got := strings.Join(rulesOf(out.Text), " | "); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.options, got, c.want)
		}
	}
}

// rulesOf lists the rules of a script, in the order in which they stand.
func rulesOf(script string) (rules []string) {
	inChain := false
	for _, line := range strings.Split(script, "\n") {
		line = strings.TrimSpace(line)
		switch {
		case strings.HasPrefix(line, "chain "):
			inChain = true
		case line == "}":
			inChain = false
		case inChain && line != "" && line[0] != '#' && !strings.HasPrefix(line, "type "):
			rules = append(rules, line)
		}
	}
	return rules
}

// TestMatchFormsLoad holds that nft loads every form, and its own listing of it.
func TestMatchFormsLoad(t *testing.T) {
	lab.Require(t)
	for _, c := range matchForms {
		out := translate(t, c.family, "*filter\n-A INPUT "+c.options+"\nCOMMIT\n", nft.Options{})
		if err := lab.RoundTrip(out.Text); err != nil {
			t.Errorf("%s: %v\n%s", c.options, err, out.Text)
		}
	}
}

// TestFragments holds what Options.Fragments adds, and that it adds nothing where
// connections are tracked.
func TestFragments(t *testing.T) {
	plain, tracked := "-A INPUT -p tcp --dport 22 -m tcp --sport 5", "-A INPUT -m state --state NEW"
	for _, c := range []struct {
		family      ast.Family
		rules, want string
	}{
		{ast.IPv4, plain, "ip frag-off & 0x1fff == 0 tcp dport 22 tcp sport 5 counter"},
		{ast.IPv6, plain, "@th,0,24 >= 0 tcp dport 22 tcp sport 5 counter"},
		{ast.IPv4, plain + "\n" + tracked, "tcp dport 22 tcp sport 5 counter | ct state new counter"},
	} {
		out := translate(t, c.family, "*filter\n"+c.rules+"\nCOMMIT\n", nft.Options{Fragments: true})
		if got := strings.Join(rulesOf(out.Text), " | "); got != c.want {
			t.Errorf("got %s\nwant %s", got, c.want)
		}
	}
}
