package nft

import (
	"fmt"

	"github.com/recentc/recentc/compile"
	"github.com/recentc/recentc/internal/diag"
)

// synproxy is not given packets with other flags beside SYN or ACK: nftables'
// takes them for a handshake and drops most of them, iptables' lets them pass if
// their checksum is right.
func (t *translator) synproxy(s *compile.SynProxy) end {
	text := "synproxy"
	switch {
	case s.HasMSS && s.HasScale:
		text += fmt.Sprintf(" mss %d wscale %d", s.MSS, s.WScale)
	case s.HasMSS || s.HasScale:
		t.inexpressible("only one of --mss and --wscale", "Give both: nft lists the one that is missing as 0.")
		return end{}
	}
	if s.Timestamp {
		text += " timestamp"
	}
	if s.SACK {
		text += " sack-perm"
	}
	t.note(diag.Differs, t.rule.File, t.rule.Range, "packets that are no part of a handshake pass even with a wrong checksum",
		"iptables' SYNPROXY drops them; nftables' takes those with SYN or ACK and other flags for a part of one, so it does not get them.")
	return end{stmts: []stmt{tests("tcp flags & (fin | syn | rst | ack) == { 0x0, fin, rst, fin | rst, syn, ack }", protoTCP), decide(text)}}
}
