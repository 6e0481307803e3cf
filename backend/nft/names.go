package nft

import (
	"strconv"
	"strings"
)

// reserved are the words that nft takes for its own where a name is expected.
// Found by giving nft 1.0.6 each of its words as a chain's and a set's name;
// those behind the blank line are newer.
var reserved = wordSet(`
accept add ah all and arp auto-merge bridge cgroup chain comment comp constant continue counter cpu create ct
day dccp define delete describe device devices dnat drop dst dup dynamic ecn element elements eq esp ether
exists expires export exthdr fib flags flow flowtable flush frag fwd gc-interval ge get goto gt handle hbh hook
hour ibriport ibrname icmp icmpv6 igmp iif iifgroup iifname iiftype import include index inet insert interval
ip ip6 ipsec jhash jump le limit list ll log lshift lt map mark masquerade meta meter mh missing monitor ne
netdev nftrace nh not notrack numgen obriport obrname offload oif oifgroup oifname oiftype or osf pkttype
policy position priority queue quota random redefine redirect reject rename replace reset return rshift rt rt0
rt2 rtclassid rule ruleset sctp secmark set size skgid skuid snat socket srh symhash synproxy table tcp th time
timeout tproxy type typeof udp udplite undefine update vlan vmap xor xt

destroy last geneve gre gretap vxlan inner vni rt4 tunnel ibrvproto ibrpvid obrvproto xfrm dormant owner persist
`)

func wordSet(s string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(s) {
		m[w] = true
	}
	return m
}

// maxName is the longest name of a set or chain that the kernel takes, less
// room for what is appended to it.
const maxName = 200

// legal turns any name into one that nft takes: letters, digits and _ - . /
// stay, everything else becomes an underscore, and a reserved word gets one more.
func legal(name string) string {
	var b strings.Builder
	for i := 0; i < len(name); i++ {
		if isNameByte(name[i]) {
			b.WriteByte(name[i])
		} else {
			b.WriteByte('_')
		}
	}
	s := b.String()
	if s == "" || !isLetter(s[0]) && s[0] != '_' && s[0] != '.' {
		s = "_" + s
	}
	if reserved[s] {
		s += "_"
	}
	if strings.Trim(s, "_.") == "" {
		s = "x" + s
	}
	return s[:min(len(s), maxName)]
}

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

func isNameByte(c byte) bool {
	return isLetter(c) || c >= '0' && c <= '9' || strings.IndexByte("_-./", c) >= 0
}

// namespace hands out names that are used once. It holds the next number to try.
type namespace map[string]int

// take returns name, or name with the first number that makes it unused.
func (n namespace) take(name string) string {
	got := name
	for {
		last := n[got]
		if last == 0 {
			n[got] = 1
			return got
		}
		n[name]++
		got = name + "_" + strconv.Itoa(n[name])
	}
}

// LegalName tells whether nft takes a name as it is.
func LegalName(s string) bool { return legal(s) == s }
