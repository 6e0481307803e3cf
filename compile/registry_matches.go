package compile

// matches are the matches that are translated.
var matches = []*extension{
	commentMatch, recentMatch, tcpMatch,
	addrtypeMatch, ah6Match, ahMatch, cgroupMatch, connbytesMatch, connlabelMatch, connlimitMatch, connmarkMatch,
	conntrackMatch, cpuMatch, dccpMatch, devgroupMatch, dscpMatch, dstMatch, ecnMatch, espMatch, fragMatch,
	hashlimitMatch, hbhMatch, helperMatch, hlMatch, icmp6Match, icmpMatch, ipcompMatch, iprangeMatch, lengthMatch,
	limitMatch, macMatch, markMatch, mhMatch, multiportMatch, ownerMatch, pkttypeMatch, policyMatch, quotaMatch,
	realmMatch, rpfilterMatch, rtMatch, sctpMatch, setMatch, socketMatch, stateMatch, statisticMatch, stringMatch, tcpmssMatch, timeMatch,
	tosMatch, ttlMatch, u32Match, udpMatch,
}
