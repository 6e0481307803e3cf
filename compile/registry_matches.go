package compile

// matches are the matches that are translated.
var matches = []*extension{
	commentMatch, recentMatch, tcpMatch,
}

// unsupportedMatches are matches that iptables has and recentc cannot
// translate, each with its reason.
var unsupportedMatches = []*extension{}
