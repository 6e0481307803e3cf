package compile

import (
	"slices"

	"github.com/recentc/recentc/ast"
)

// targets are the targets that are translated.
var targets = []*extension{
	acceptTarget, auditTarget, classifyTarget, connmarkTarget, ctTarget, dnatTarget, dropTarget, dscpTarget, ecnTarget,
	hlTarget, logTarget, markTarget, masqueradeTarget, netmapTarget, nflogTarget, nfqueueTarget, notrackTarget,
	queueTarget, redirectTarget, rejectTarget, returnTarget, secmarkTarget, setTarget, snatTarget, synproxyTarget,
	tcpmssTarget, tcpoptstripTarget, teeTarget, tosTarget, tproxyTarget, traceTarget, ttlTarget,
}

// unsupportedTargets are targets that iptables or xtables-addons have and
// recentc cannot translate, each with its reason.
var unsupportedTargets = slices.Concat([]*extension{
	{name: "CHECKSUM", reason: "It computes checksums that the sender left open, and nftables has no statement for that; only old DHCP clients in virtual machines need it, or turn off checksum offload on the bridge."},
	{name: "CLUSTERIP", family: ast.IPv4, reason: "It shares an address among hosts by a hash and answers ARP for it; nftables has nothing like it, and Linux dropped it in 6.6."},
	{name: "CONNSECMARK", reason: "It copies a security mark only where there is none yet, and nft 1.0.6 cannot test whether there is one; \"meta secmark set ct secmark\" by hand always copies."},
	{name: "DNPT", family: ast.IPv6, reason: "It changes prefixes so that checksums stay the same, without connection tracking; nftables cannot compute that. NETMAP does it with connection tracking."},
	{name: "HMARK", reason: "Its hash of addresses and ports is not the one that nftables has, so packets would get other marks; \"meta mark set jhash\" by hand spreads them as well."},
	{name: "IDLETIMER", reason: "It reports idle devices in /sys, and nftables has no statement for that; watch the device's counters in /sys/class/net."},
	{name: "LED", reason: "It lights a LED of the machine, and nftables has no statement for that; the kernel's netdev trigger lights one by traffic."},
	{name: "RATEEST", reason: "It feeds a rate estimator for -m rateest, and nftables has none; -m limit or -m hashlimit bound a rate too."},
	{name: "SNPT", family: ast.IPv6, reason: "It changes prefixes so that checksums stay the same, without connection tracking; nftables cannot compute that. NETMAP does it with connection tracking."},
	{name: "ULOG", family: ast.IPv4, reason: "Linux dropped it in 3.17; write -j NFLOG, --nflog-group for --ulog-nlgroup and --nflog-prefix for --ulog-prefix."},
}, addedTargets)

// addedTargets are those of xtables-addons and older, which iptables does not know by itself.
var addedTargets = []*extension{
	{name: "ACCOUNT", reason: "It keeps traffic accounts for its own tool, and nftables has nothing like it."},
	{name: "BALANCE", family: ast.IPv4, reason: "It left Linux long ago; a DNAT to a range spreads connections."},
	{name: "CHAOS", reason: "It answers in a random one of several ways that nftables does not have."},
	{name: "DELUDE", reason: "It answers TCP packets as an open port would, and nftables has no statement for that."},
	{name: "DHCPMAC", reason: "It changes hardware addresses in DHCP packets, and nftables has no statement for that."},
	{name: "DNETMAP", reason: "It hands out addresses of a net as they are needed, and nftables has no statement for that."},
	{name: "ECHO", reason: "It sends packets back with their addresses exchanged, and nftables has no statement for that."},
	{name: "IPMARK", reason: "It makes the mark from the packet's address, and nft 1.0.6 cannot compute with addresses."},
	{name: "IPV4OPTSSTRIP", family: ast.IPv4, reason: "It removes IP options, and nftables has no statement for that."},
	{name: "LOGMARK", reason: "It logs marks in a form of its own; LOG shows the mark too."},
	{name: "MIRROR", family: ast.IPv4, reason: "It sends packets back with their addresses exchanged, and nftables has no statement for that."},
	{name: "PROTO", reason: "It changes the protocol number of packets, and nftables does not update what depends on it."},
	{name: "RAWDNAT", reason: "It maps whole nets without connection tracking, and nft 1.0.6 cannot compute with addresses."},
	{name: "RAWSNAT", reason: "It maps whole nets without connection tracking, and nft 1.0.6 cannot compute with addresses."},
	{name: "ROUTE", reason: "It routes the packet by itself; mark the packet and route by the mark."},
	{name: "SAME", family: ast.IPv4, reason: "It left Linux in 2.6; SNAT with --persistent took its place."},
	{name: "SYSRQ", reason: "It runs commands of the kernel on behalf of packets, and nftables has no statement for that."},
	{name: "TARPIT", reason: "It holds TCP connections open in a window of 0, and nftables has no statement for that."},
}
