package nft

import (
	"fmt"

	"github.com/recentc/recentc/compile"
)

// synproxy is given only the packets that iptables' SYNPROXY answers: nftables'
// also takes those with other flags beside SYN or ACK, and drops most of them.
func (t *translator) synproxy(s *compile.SynProxy) end {
	text := "synproxy"
	switch {
	case s.HasMSS && s.HasScale:
		text += fmt.Sprintf(" mss %d wscale %d", s.MSS, s.WScale)
	case s.HasMSS || s.HasScale:
		t.inexpressible("only one of --mss and --wscale", "Give both: nft lists the one that is missing as 0.")
	}
	if s.Timestamp {
		text += " timestamp"
	}
	if s.SACK {
		text += " sack-perm"
	}
	return end{stmts: []stmt{tests("tcp flags & (fin | syn | rst | ack) == { syn, ack }", protoTCP), decide(text)}}
}
