package nft

import (
	"fmt"

	"github.com/recentc/recentc/compile"
	"github.com/recentc/recentc/internal/diag"
)

func (t *translator) setMSS(m *compile.SetMSS) end {
	if m.Clamp {
		return afterwards(act("tcp option maxseg size set rt mtu"))
	}
	if m.Size < t.defaultMSS() {
		t.note(diag.Differs, t.rule.File, t.rule.Range, fmt.Sprintf("a SYN packet without an MSS option keeps the default of %d", t.defaultMSS()),
			"iptables adds the option with the smaller size of the rule; nftables only changes it where it is.")
	}
	return afterwards(act(fmt.Sprintf("tcp option maxseg size set %d", m.Size)))
}

// defaultMSS is the segment size where the option is missing: adding it with
// that size, as iptables does, makes no difference.
func (t *translator) defaultMSS() uint16 {
	if t.ipv6() {
		return 1220
	}
	return 536
}
