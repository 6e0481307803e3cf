package diag

// The codes of what is found in a file of `ipset save`, and in how rules use its sets.
const (
	IPSetSyntax  Code = "RC1501"
	IPSetValue   Code = "RC1502"
	IPSetUnknown Code = "RC1503"
	IPSetUnused  Code = "RC1504"
	IPSetRefused Code = "RC1505"
	IPSetMoves   Code = "RC1506"
	IPSetTooMuch Code = "RC1507"
)

var ipsetCodes = []Explanation{
	{IPSetSyntax, "line of the ipset file not understood",
		"The file of --ipset-file has one command of ipset in each line, as `ipset save` writes them. What the line would do to the sets is not known, so nothing is translated.",
		"", ""},
	{IPSetValue, "value in the ipset file is not valid",
		"The type, option or entry is not one that ipset takes for this set. ipset restore stops at such a line, so the sets would not be whole.",
		"", ""},
	{IPSetUnknown, "no such ipset",
		"A rule, or a line of the ipset file, names a set that no create line makes. iptables refuses a rule without its set.",
		"", ""},
	{IPSetUnused, "direction that the set does not need, or that it lacks",
		"--match-set has a src or dst for each part of the set's entries. With fewer the kernel never finds anything; more are ignored.",
		"", ""},
	{IPSetRefused, "ipset refuses a command because of the sets that there are",
		"A line of what `ipset restore` reads makes a set or an entry that is there already, removes one that is not, or destroys a set that a rule uses. ipset gives up at that line, so the sets would not be whole. With -exist the first two are no errors.",
		"#!/bin/sh\nipset restore <<EOF\ncreate banned hash:ip\nadd banned 192.0.2.1\nadd banned 192.0.2.1\nEOF\niptables -A INPUT -m set --match-set banned src -j DROP\n",
		"#!/bin/sh\nipset -exist restore <<EOF\ncreate banned hash:ip\nadd banned 192.0.2.1\nadd banned 192.0.2.1\nEOF\niptables -A INPUT -m set --match-set banned src -j DROP\n"},
	{IPSetMoves, "set of a script becomes a set of nftables",
		"The script makes a set of ipset that its rules ask. The translation has a set of nftables in its place, with the entries that the script gives it. It is another set: programs that run `ipset add` later, such as fail2ban or a daily download of addresses, go on to fill the old one, which no rule asks any more.",
		"#!/bin/sh\nipset create banned hash:ip\nipset add banned 192.0.2.1\niptables -A INPUT -m set --match-set banned src -j DROP\n", ""},
	{IPSetTooMuch, "sets have too many entries by ranges, or are changed too often",
		"A range or a net in a set of addresses becomes an entry for each address, and one of ports an entry for each port. A few lines then ask for more memory than a host has. The ranges of one line, and those of all lines together, may give 262144 entries at one time; a script or a file may add, remove and search half a million. Entries with a line of their own do not count.",
		"#!/bin/sh\nipset create banned hash:ip maxelem 20000000\nipset add banned 10.0.0.0/8\niptables -A INPUT -m set --match-set banned src -j DROP\n",
		"#!/bin/sh\nipset create banned hash:net\nipset add banned 10.0.0.0/8\niptables -A INPUT -m set --match-set banned src -j DROP\n"},
}
