package nft

import (
	"fmt"

	"github.com/recentc/recentc/compile"
	"github.com/recentc/recentc/internal/bytecode"
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
	return end{stmts: []stmt{handshake, decide(text, synproxyCode(s))}}
}

// handshake is a packet with SYN or ACK alone, or with neither.
var handshake = under(tcpFlagsField.masked("(fin | syn | rst | ack)", []byte{0x17}), false, oneOfValues([]value{
	named("0x0", 0), named("fin", 1), named("rst", 4), named("fin | rst", 5), named("syn", 2), named("ack", 0x10),
}))

func synproxyCode(s *compile.SynProxy) func(*coder) {
	const mss, scale, sack, timestamp = 1, 2, 4, 8
	flags := uint32(0)
	for bit, on := range map[uint32]bool{mss: s.HasMSS, scale: s.HasScale, sack: s.SACK, timestamp: s.Timestamp} {
		if on {
			flags |= bit
		}
	}
	return expression("synproxy", bytecode.N16(1, uint16(s.MSS)), bytecode.N8(2, uint8(s.WScale)), bytecode.N(3, flags))
}
