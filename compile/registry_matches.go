package compile

// matches are the matches that are translated.
var matches = []*extension{
	commentMatch, recentMatch, tcpMatch,
	addrtypeMatch, conntrackMatch, hlMatch, icmp6Match, icmpMatch, iprangeMatch, lengthMatch, limitMatch, macMatch,
	markMatch, multiportMatch, pkttypeMatch, stateMatch, ttlMatch, udpMatch,
}

// unsupportedMatches are matches that iptables has and recentc cannot
// translate, each with its reason.
var unsupportedMatches = []*extension{}
