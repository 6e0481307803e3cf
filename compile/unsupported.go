package compile

import (
	"slices"

	"github.com/recentc/recentc/ast"
)

// needsModule are matches of xtables-addons and of older patches: the kernel
// module that they need has no counterpart in nftables.
var needsModule = map[string]string{
	"account":     "It counts traffic in a kernel module of its own.",
	"asn":         "It looks addresses up in a database of its own module; use an nftables set of the AS's networks.",
	"condition":   "It reads a switch in /proc/net/nf_condition; use a set or a chain that you change by hand.",
	"dstlimit":    "It is the name that hashlimit had before 2005; write -m hashlimit.",
	"fuzzy":       "It matches by a fuzzy rate of its own module; use -m limit.",
	"geoip":       "It looks addresses up in a database of its own module; use an nftables set of the countries' networks.",
	"gradm":       "It asks grsecurity's roles, which nftables does not know.",
	"iface":       "It looks at the state of devices, which nftables does not.",
	"ipp2p":       "It looks for patterns in a packet's data, which nftables cannot do.",
	"ipv4options": "It looks for options in the IPv4 header in a way that nftables cannot; use \"ip option\" by hand.",
	"layer7":      "It looks for patterns in a packet's data, which nftables cannot do.",
	"length2":     "It measures parts of a packet whose length nftables does not know.",
	"lscan":       "It keeps a state machine for port scans of its own.",
	"ndpi":        "It looks into a packet's data, which nftables cannot do.",
	"nth":         "It is the name that a part of statistic had before 2006; write -m statistic --mode nth.",
	"pknock":      "It keeps a state machine for port knocking of its own; -m recent can do the same.",
	"psd":         "It keeps a state machine for port scans of its own; -m recent can do nearly the same.",
	"quota2":      "Its quotas are named and can count upward, which nftables' cannot.",
	"random":      "It is the name that a part of statistic had before 2006; write -m statistic --mode random.",
	"unclean":     "No kernel has it any more.",
}

// ownButInexpressible are iptables' own matches that nftables has no exact form for.
var ownButInexpressible = []*extension{
	{name: "bpf", reason: "It runs a BPF program on the packet, which nftables cannot; write what the program tests as matches, or attach it with tc."},
	{name: "cluster", reason: "It hashes the address of the connection, or of the one that it is related to, which nftables cannot ask for; without helpers, \"jhash ct original ip saddr mod N seed S\" by hand is the same hash."},
	{name: "eui64", family: ast.IPv6, reason: "It compares the source address with the one made of the Ethernet address; nftables cannot compare two parts of a packet. Write pairs of \"ip6 saddr . ether saddr\" into a set by hand."},
	{name: "ipv6header", family: ast.IPv6, reason: "It compares the whole list of a packet's extension headers, and nft 1.0.6 cannot ask for AH; \"exthdr hbh exists\" by hand asks for one of the others."},
	{name: "ipvs", reason: "nftables does not know the connections of IPVS."},
	{name: "l2tp", reason: "nft 1.0.6 does not know the header of L2TP; \"udp dport 1701 @th,96,16 ID\" by hand reads the tunnel of a fixed form of it."},
	{name: "nfacct", reason: "Its counters, which can be quotas that decide about packets, are kept outside of the rules; use a named counter or quota of nftables by hand."},
	{name: "osf", reason: "It asks whether any fingerprint of a system fits; nftables names only the first one that does. Write \"osf name\" by hand if that is enough."},
	{name: "physdev", reason: "nftables knows the bridge port of a packet in tables of the family bridge only; filter there, by iifname and oifname."},
	{name: "rateest", reason: "nftables has no rate estimators; -m limit or -m hashlimit bound a rate too."},
	{name: "srh", family: ast.IPv6, reason: "It checks fields of the segment routing header against each other, which nftables cannot; it has \"srh tag\", \"srh last-entry\" and \"srh sid\" by hand."},
}

// unsupportedMatches are matches that iptables has and recentc cannot
// translate, each with its reason.
var unsupportedMatches = slices.Concat(ownButInexpressible, moduleMatches())

func moduleMatches() (out []*extension) {
	for _, name := range sortedKeys(needsModule) {
		out = append(out, &extension{name: name, reason: needsModule[name]})
	}
	return out
}
