package xtranslate

import (
	"context"
	"net"
	"net/netip"
	"strings"
	"syscall"

	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/internal/lab"
	"golang.org/x/sys/unix"
)

// once are packets that are sent right after each other.
func once(packets ...lab.Packet) lab.Trace { return lab.Trace{packets} }

// v6 is the address of the lab's peer; it makes a packet one of IPv6.
var v6 = netip.MustParseAddr("fd77::1")

// server is where listen listens: the lab's own address.
const server = "10.77.0.2"

const sshPort = 22

// listen opens a server in the namespace, which ends with it.
func listen(address string, options func(fd int) error) func(*lab.Namespace) error {
	config := net.ListenConfig{Control: func(_, _ string, c syscall.RawConn) (err error) {
		if e := c.Control(func(fd uintptr) { err = options(int(fd)) }); e != nil {
			return e
		}
		return err
	}}
	return func(ns *lab.Namespace) error {
		return ns.Do(func() error {
			l, err := config.Listen(context.Background(), "tcp4", net.JoinHostPort(address, "22"))
			if err == nil {
				ns.OnClose(l.Close)
			}
			return err
		})
	}
}

func plain(int) error { return nil }

func transparent(fd int) error { return unix.SetsockoptInt(fd, unix.SOL_IP, unix.IP_TRANSPARENT, 1) }

// again is a SYN that comes twice, as it does when the answer was lost: the second finds the connection
// that the first has begun.
var again = once(lab.Packet{Proto: lab.TCP, DPort: sshPort}, lab.Packet{Proto: lab.TCP, DPort: sshPort})

// Cases returns all cases, those that belong together behind each other.
func Cases() []Case {
	var all []Case
	for _, l := range [][]Case{recent, tproxy, socket, connmark, tos, headers6, inverted, timed, others} {
		all = append(all, l...)
	}
	return all
}

var recent = []Case{{
	Name: "recent", Option: "`-m recent`",
	Why:    "Every rule with it becomes a comment, and iptables-translate exits with 0. What is loaded then lacks the rule.",
	Shows:  "the third SYN within a minute: the rule drops it",
	Family: ast.IPv4, Hook: lab.Input,
	Rule:    "-t filter -A INPUT -p tcp -m tcp --dport 22 -m recent --name ssh --update --seconds 60 --hitcount 2 -j DROP",
	After:   []string{"-t filter -A INPUT -p tcp -m tcp --dport 22 -m recent --name ssh --set"},
	Packets: once(lab.Packet{Proto: lab.TCP, DPort: 22}, lab.Packet{Proto: lab.TCP, DPort: 22}, lab.Packet{Proto: lab.TCP, DPort: 22}),
}}

const tproxyWhy = "Where no socket takes the packet, TPROXY drops it. nftables' tproxy then ends the rule there, before its accept, and the packet goes on to the next rule, past the proxy."

var tproxy = []Case{{
	Name: "tproxy-mark", Option: "`-j TPROXY`", Why: tproxyWhy,
	Shows:  "a SYN while nobody listens on port 12345: the rule drops it",
	Family: ast.IPv4, Hook: lab.Input,
	Rule:    "-t mangle -A PREROUTING -p tcp -j TPROXY --on-port 12345 --on-ip 10.0.0.1 --tproxy-mark 0x23/0xff",
	Newer:   "add rule ip mangle PREROUTING ip protocol tcp counter tproxy to 10.0.0.1:12345 meta mark set meta mark & 0xffffff00 xor 0x23 accept",
	Packets: once(lab.Packet{Proto: lab.TCP, DPort: 80}),
}, {
	Name: "tproxy-udp", Option: "`-j TPROXY --on-port 0`", Why: tproxyWhy,
	Shows:  "a datagram to a port on which nobody listens: the rule drops it",
	Family: ast.IPv4, Hook: lab.Input,
	Rule:    "-t mangle -A PREROUTING -p udp -j TPROXY --on-port 0 --on-ip 10.0.0.1",
	Newer:   "add rule ip mangle PREROUTING ip protocol udp counter tproxy to 10.0.0.1:0 accept",
	Packets: once(lab.Packet{DPort: 53}),
}, {
	Name: "tproxy-v6", Option: "`-j TPROXY` in IPv6", Why: tproxyWhy,
	Shows:  "a SYN while nobody listens on port 12345: the rule drops it",
	Family: ast.IPv6, Hook: lab.Input,
	Rule:    "-t mangle -A PREROUTING -p tcp -j TPROXY --on-port 12345 --on-ip dead::beef --tproxy-mark 0x23/0xffff",
	Newer:   "add rule ip6 mangle PREROUTING meta l4proto tcp counter tproxy to [dead::beef]:12345 meta mark set meta mark & 0xffff0000 xor 0x23 accept",
	Packets: once(lab.Packet{Src: v6, Proto: lab.TCP, DPort: 80}),
}}

const socketWhy = "A connection whose handshake is not finished, or that waits in TIME-WAIT, has a socket for -m socket. nftables does not answer whether such a socket is bound to a wildcard, so that its rule does not match."

var socket = []Case{{
	Name: "socket", Option: "`-m socket`", Why: socketWhy,
	Shows:  "a SYN that is sent again before the handshake is finished: the rule matches it",
	Family: ast.IPv4, Hook: lab.Input, Prepare: listen(server, plain), Packets: again,
	Rule:  "-t mangle -A INPUT -m socket -j MARK --set-mark 1",
	Newer: "add rule ip mangle INPUT socket wildcard 0 counter meta mark set 0x1",
}, {
	Name: "socket-transparent", Option: "`-m socket --transparent`", Why: socketWhy,
	Shows:  "a SYN to a transparent proxy that is sent again before the handshake is finished: the rule matches it",
	Family: ast.IPv4, Hook: lab.Input, Prepare: listen(server, transparent), Packets: again,
	Rule:  "-t mangle -A INPUT -m socket --transparent -j MARK --set-mark 1",
	Newer: "add rule ip mangle INPUT socket wildcard 0 socket transparent 1 counter meta mark set 0x1",
}, {
	Name: "socket-nowildcard", Option: "`-m socket --nowildcard`", Why: socketWhy,
	Shows:  "a SYN that is sent again before the handshake is finished: the rule matches it",
	Family: ast.IPv4, Hook: lab.Input, Prepare: listen("0.0.0.0", plain), Packets: again,
	Rule:  "-t mangle -A INPUT -m socket --nowildcard -j MARK --set-mark 1",
	Newer: "add rule ip mangle INPUT socket wildcard le 1 counter meta mark set 0x1",
}, {
	Name: "socket-restore", Option: "`-m socket --restore-skmark`", Why: socketWhy,
	Shows:  "a SYN that is sent again before the handshake is finished: the rule matches it",
	Family: ast.IPv4, Hook: lab.Input, Prepare: listen(server, plain), Packets: again,
	Rule:  "-t mangle -A INPUT -m socket --restore-skmark -j MARK --or-mark 0x10",
	Newer: "add rule ip mangle INPUT socket wildcard 0 meta mark set socket mark counter meta mark set mark or 0x10",
}}

const connmarkWhy = "nft reads `and` before `xor`: the mask is taken from the value that is set, and no bit of the mark is cleared."

var connmark = []Case{{
	Name: "connmark-xmark", Option: "`-j CONNMARK --set-xmark` with a mask", Why: connmarkWhy,
	Shows:  "any packet of a connection with mark 0: the rule sets 0x16, the translation 0x4",
	Family: ast.IPv4, Hook: lab.Input,
	Rule:    "-t mangle -A PREROUTING -j CONNMARK --set-xmark 0x16/0x12",
	Prints:  "add rule ip mangle PREROUTING counter ct mark set ct mark xor 0x16 and 0xffffffed",
	After:   []string{"-t mangle -A PREROUTING -j CONNMARK --restore-mark"},
	Packets: once(lab.Packet{}),
}, {
	Name: "connmark-shift", Option: "`-j CONNMARK --set-mark` with a mask and `--right-shift-mark`", Why: connmarkWhy,
	Shows:  "any packet of a connection with mark 0: the rule sets 0x1, the translation 0",
	Family: ast.IPv4, Hook: lab.Input,
	Rule:    "-t mangle -A PREROUTING -j CONNMARK --set-mark 0x23/0x42 --right-shift-mark 5",
	Prints:  "add rule ip mangle PREROUTING counter ct mark set ( ct mark xor 0x23 and 0xffffff9c ) >> 5",
	After:   []string{"-t mangle -A PREROUTING -j CONNMARK --restore-mark"},
	Packets: once(lab.Packet{}),
}}

const (
	tosWhy = "The rule sets bits of the whole byte, and keeps those outside of its mask. The translation sets the upper six bits, all of them, and the lower two never."
	tosLog = "TOS target: only valid in mangle table, not filter"
)

// congested drops packets whose lower two bits are both set.
const congested = "table ip6 watch { chain watch { type filter hook input priority 10; ip6 ecn ce drop; }; }"

var toClass = []string{"-t mangle -A INPUT -j DSCP --set-dscp 0x20"}

var tos = []Case{{
	Name: "tos", Option: "`-j TOS --set-tos 0x1f`", Why: tosWhy,
	Shows:  "any packet without ECN: the rule sets both bits of ECN, the translation none",
	Family: ast.IPv6, Hook: lab.Input, Watch: congested, Packets: once(lab.Packet{Src: v6}),
	Rule:    "-t mangle -A INPUT -j TOS --set-tos 0x1f",
	Prints:  "add rule ip6 mangle INPUT counter ip6 dscp set 0x07",
	Refused: "-t filter -A INPUT -j TOS --set-tos 0x1f", KernelLog: tosLog,
}, {
	Name: "tos-all", Option: "`-j TOS --set-tos 0xff`", Why: tosWhy,
	Shows:  "any packet without ECN: the rule sets both bits of ECN, the translation none",
	Family: ast.IPv6, Hook: lab.Input, Watch: congested, Packets: once(lab.Packet{Src: v6}),
	Rule:    "-t mangle -A INPUT -j TOS --set-tos 0xff",
	Prints:  "add rule ip6 mangle INPUT counter ip6 dscp set 0x3f",
	Refused: "-t filter -A INPUT -j TOS --set-tos 0xff", KernelLog: tosLog,
}, {
	Name: "tos-delay", Option: "`-j TOS --set-tos Minimize-Delay`", Why: tosWhy,
	Shows:  "a packet of DSCP 0x20: the rule makes it 0x24, the translation 0x04",
	Family: ast.IPv6, Hook: lab.Input, Before: toClass, Packets: once(lab.Packet{Src: v6}),
	Rule:    "-t mangle -A INPUT -j TOS --set-tos Minimize-Delay",
	Prints:  "add rule ip6 mangle INPUT counter ip6 dscp set 0x04",
	After:   []string{"-t mangle -A INPUT -m dscp --dscp 0x24 -j DROP"},
	Refused: "-t filter -A INPUT -j TOS --set-tos Minimize-Delay", KernelLog: tosLog,
}, {
	Name: "tos-cost", Option: "`-j TOS --set-tos Minimize-Cost`", Why: tosWhy,
	Shows:  "a packet of DSCP 0x20: the rule keeps that, the translation clears it",
	Family: ast.IPv6, Hook: lab.Input, Before: toClass, Packets: once(lab.Packet{Src: v6}),
	Rule:    "-t mangle -A INPUT -j TOS --set-tos Minimize-Cost",
	Prints:  "add rule ip6 mangle INPUT counter ip6 dscp set 0x00",
	After:   []string{"-t mangle -A INPUT -m dscp --dscp 0x20 -j DROP"},
	Refused: "-t filter -A INPUT -j TOS --set-tos Minimize-Cost", KernelLog: tosLog,
}, {
	Name: "tos-normal", Option: "`-j TOS --set-tos Normal-Service`", Why: tosWhy,
	Shows:  "a packet of DSCP 0x20: the rule keeps that, the translation clears it",
	Family: ast.IPv6, Hook: lab.Input, Before: toClass, Packets: once(lab.Packet{Src: v6}),
	Rule:    "-t mangle -A INPUT -j TOS --set-tos Normal-Service",
	Prints:  "add rule ip6 mangle INPUT counter ip6 dscp set 0x00",
	After:   []string{"-t mangle -A INPUT -m dscp --dscp 0x20 -j DROP"},
	Refused: "-t filter -A INPUT -j TOS --set-tos Normal-Service", KernelLog: tosLog,
}}

const hbhWhy = "--hbh-len is a number of bytes; the field that nftables compares has the length in units of 8 bytes, the first not counted."

var headers6 = []Case{{
	Name: "frag-fragres", Option: "`-m frag --fragres`",
	Why:    "The option asks for reserved bits that are 0, as they are in every packet; the translation asks for 1.",
	Shows:  "the first fragment of packet 100: the rule drops it",
	Family: ast.IPv6, Hook: lab.Input,
	Rule:    "-t filter -A INPUT -m frag --fragid 100 --fragres --fragmore -j DROP",
	Prints:  "add rule ip6 filter INPUT frag id 100 frag reserved 1 frag more-fragments 1 counter drop",
	Packets: once(lab.Packet{Src: v6, Fragment: 100}),
}, {
	Name: "hbh-len", Option: "`-m hbh --hbh-len`", Why: hbhWhy,
	Shows:  "a packet with a header of 184 bytes: the rule drops it",
	Family: ast.IPv6, Hook: lab.Input,
	Rule:    "-t filter -A INPUT -m hbh --hbh-len 184 -j DROP",
	Prints:  "add rule ip6 filter INPUT hbh hdrlength 184 counter drop",
	Packets: once(lab.Packet{Src: v6, HopByHop: 184}),
}, {
	Name: "hbh-len-not", Option: "`-m hbh ! --hbh-len`", Why: hbhWhy,
	Shows:  "a packet with a header of 184 bytes, 22 units and the first: the rule drops it",
	Family: ast.IPv6, Hook: lab.Input,
	Rule:    "-t filter -A INPUT -m hbh ! --hbh-len 22 -j DROP",
	Prints:  "add rule ip6 filter INPUT hbh hdrlength != 22 counter drop",
	Packets: once(lab.Packet{Src: v6, HopByHop: 184}),
}, {
	Name: "hbh-len-odd", Option: "`-m hbh --hbh-len`, not a multiple of 8", Why: hbhWhy + " No header is 22 bytes long: the rule matches nothing, and recentc writes none.",
	Shows:  "a packet with a header of 184 bytes, 22 units and the first: the translation drops it",
	Family: ast.IPv6, Hook: lab.Input,
	Rule:    "-t filter -A INPUT -m hbh --hbh-len 22 -j DROP",
	Prints:  "add rule ip6 filter INPUT hbh hdrlength 22 counter drop",
	Packets: once(lab.Packet{Src: v6, HopByHop: 184}),
}}

// missing is why `!` is more than `!=`.
const missing = "A packet that has no such thing at all is matched by `!`. With `!=` nftables ends the rule where there is nothing to compare."

var inverted = []Case{{
	Name: "helper-not", Option: "`-m helper ! --helper`", Why: missing,
	Shows:  "any packet of a connection without a helper: the rule drops it",
	Family: ast.IPv4, Hook: lab.Forward,
	Rule:    "-t filter -A FORWARD -m helper ! --helper ftp -j DROP",
	Prints:  "add rule ip filter FORWARD ct helper != \"ftp\" counter drop",
	Packets: once(lab.Packet{}),
}, {
	Name: "owner-not", Option: "`-m owner ! --uid-owner`", Why: missing,
	Shows:  "the kernel's own answer to an echo request, which belongs to no user: the rule matches it, and marks the connection, so that the next request is dropped. In nat: what the kernel still sends for a program that has closed its connection",
	Family: ast.IPv4, Hook: lab.Input,
	Rule:    "-t mangle -A OUTPUT -m owner ! --uid-owner 1000 -j CONNMARK --set-mark 1",
	Prints:  "add rule ip mangle OUTPUT skuid != 1000 counter ct mark set 0x1",
	After:   []string{"-t filter -A INPUT -m connmark --mark 1 -j DROP"},
	Packets: lab.Trace{{{Proto: lab.ICMP}}, {{Proto: lab.ICMP}}},
}, {
	Name: "tcpmss-not", Option: "`-m tcpmss ! --mss`", Why: missing,
	Shows:  "a SYN without the option MSS: the rule drops it",
	Family: ast.IPv4, Hook: lab.Input,
	Rule:    "-t filter -A INPUT -p tcp -m tcpmss ! --mss 42 -j DROP",
	Prints:  "add rule ip filter INPUT ip protocol tcp tcp option maxseg size != 42 counter drop",
	Packets: once(lab.Packet{Proto: lab.TCP}),
	Refused: "-t filter -A INPUT -m tcpmss ! --mss 42 -j DROP", KernelLog: "tcpmss match: only valid for protocol 6",
}, {
	Name: "tcpmss-not-range", Option: "`-m tcpmss ! --mss` with a range", Why: missing,
	Shows:  "a SYN without the option MSS: the rule drops it",
	Family: ast.IPv4, Hook: lab.Input,
	Rule:    "-t filter -A INPUT -p tcp -m tcpmss ! --mss 1461:65535 -j DROP",
	Prints:  "add rule ip filter INPUT ip protocol tcp tcp option maxseg size != 1461-65535 counter drop",
	Packets: once(lab.Packet{Proto: lab.TCP}),
	Refused: "-t filter -A INPUT -m tcpmss ! --mss 1461:65535 -j DROP", KernelLog: "tcpmss match: only valid for protocol 6",
}, {
	Name: "ecn-tcp-not", Option: "`-m ecn ! --ecn-tcp-ece`, `! --ecn-tcp-cwr`",
	Why:    "The rule looks at one flag; with `!=` nftables compares all of them, and only a packet with that flag alone is left out.",
	Shows:  "a SYN with ECE: the translation drops it",
	Family: ast.IPv4, Hook: lab.Input,
	Rule:    "-t filter -A INPUT -p tcp -m ecn ! --ecn-tcp-ece -j DROP",
	Prints:  "add rule ip filter INPUT ip protocol tcp tcp flags != ecn counter drop",
	Packets: once(lab.Packet{Proto: lab.TCP, Flags: lab.SYN | lab.ECE}),
	Refused: "-t filter -A INPUT -m ecn ! --ecn-tcp-ece -j DROP", KernelLog: "xt_ecn: cannot match TCP bits for non-tcp packets",
}}

var timed = []Case{{
	Name: "time-datestop", Option: "`-m time --datestop`",
	Why:    "The rule holds until the second of --datestop is over, nftables until it begins.",
	Shows:  "a packet half a second after --datestop: the rule drops it",
	Family: ast.IPv4, Hook: lab.Input, Packets: once(lab.Packet{Proto: lab.ICMP}), Stop: "2021-01-29T00:00:00",
	Rule:   "-t filter -A INPUT -p icmp -m time --datestop 2021-01-29T00:00:00 -j DROP",
	Prints: "add rule ip filter INPUT ip protocol icmp meta time \"1970-01-01 00:00:00\"-\"2021-01-29 00:00:00\" counter drop",
}, {
	Name: "time-zone", Option: "`-m time --datestart`, `--datestop` where the time zone is not UTC",
	Why:    "The dates of the rule are UTC. nft reads what is printed in the time zone of the machine. East of Greenwich nft does not load --datestop at all: 1970 has not begun there.",
	Shows:  "a packet an hour after --datestop, loaded in New York: the translation drops it, for five hours",
	Family: ast.IPv4, Hook: lab.Input, Packets: once(lab.Packet{Proto: lab.ICMP}), Stop: "2021-01-29T00:00:00", Zone: "EST5",
	Rule:   "-t filter -A INPUT -p icmp -m time --datestop 2021-01-29T00:00:00 -j DROP",
	Prints: "add rule ip filter INPUT ip protocol icmp meta time \"1970-01-01 00:00:00\"-\"2021-01-29 00:00:00\" counter drop",
}}

// twoBursts are two times 2352 bytes, with a pause of about three seconds between them.
func twoBursts() lab.Trace {
	burst := make([]lab.Packet, 12)
	for i := range burst {
		burst[i].Payload = strings.Repeat("x", 160)
	}
	trace := make(lab.Trace, 24)
	trace[0], trace[23] = burst, burst
	return trace
}

var others = []Case{{
	Name: "rpfilter-v6", Option: "`-m rpfilter --invert` in IPv6",
	Why:    "To the match the unspecified address, which a host has before it has another, is always in order. nftables looks for a route to it.",
	Shows:  "a packet from ::, the unspecified address: the translation drops it",
	Family: ast.IPv6, Hook: lab.Input,
	Rule:    "-t mangle -A PREROUTING -m rpfilter --validmark --invert -j DROP",
	Prints:  "add rule ip6 mangle PREROUTING fib saddr . mark . iif oif 0 counter drop",
	In:      []string{"v0", "v1"},
	Packets: once(lab.Packet{Src: netip.IPv6Unspecified(), Dst: netip.MustParseAddr("fd77::2"), In: "v1"}),
}, {
	Name: "synproxy", Option: "`-j SYNPROXY`",
	Why:    "The target takes a SYN or an ACK with no other flag of the handshake. nftables' synproxy takes every packet that has SYN or ACK, and drops it where no handshake fits.",
	Shows:  "a FIN with ACK of no known connection: the rule lets it go on to the next rule",
	Family: ast.IPv4, Hook: lab.Input,
	Rule:    "-t mangle -A INPUT -p tcp -m tcp --dport 80 -m state --state INVALID,UNTRACKED -j SYNPROXY --sack-perm --timestamp --wscale 7 --mss 1460",
	Prints:  "add rule ip mangle INPUT tcp dport 80 ct state invalid,untracked counter synproxy sack-perm timestamp wscale 7 mss 1460",
	Packets: once(lab.Packet{Proto: lab.TCP, DPort: 80, Flags: lab.FIN | lab.ACK}),
}, {
	Name: "hashlimit-bytes", Option: "`-m hashlimit` with a rate in bytes",
	Why:    "hashlimit counts bytes in blocks of 16 and gives each address its burst only once, until it has been silent for long. nftables fills the burst up again.",
	Shows:  "the second of two bursts of 2352 bytes, three seconds after the first: the rule lets 1 kB of it pass, the translation 2 kB",
	Family: ast.IPv4, Hook: lab.Input, Packets: twoBursts(), Unsupported: true,
	Rule:   "-t filter -A INPUT -m hashlimit --hashlimit-above 1kb/s --hashlimit-burst 2kb --hashlimit-mode srcip --hashlimit-name bytes -j DROP",
	Prints: "add rule ip filter INPUT meter bytes { ip saddr timeout 60s limit rate over 1 kbytes/second burst 2 kbytes } counter drop",
}}
