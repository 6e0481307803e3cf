package nft

import (
	"fmt"

	"github.com/recentc/recentc/compile"
	"github.com/recentc/recentc/internal/bytecode"
	"github.com/recentc/recentc/internal/diag"
)

func (t *translator) setMSS(m *compile.SetMSS) end {
	if m.Clamp {
		return afterwards(act("tcp option maxseg size set rt mtu", clampCode))
	}
	if m.Size < t.defaultMSS() {
		t.note(diag.Differs, t.rule.File, t.rule.Range, fmt.Sprintf("a SYN packet without an MSS option keeps the default of %d", t.defaultMSS()),
			"iptables adds the option with the smaller size of the rule; nftables only changes it where it is.")
	}
	return afterwards(act(fmt.Sprintf("tcp option maxseg size set %d", m.Size), func(c *coder) {
		c.immediate(firstRegister, numberBytes(uint64(m.Size), 2))
		c.writeMSS()
	}))
}

// defaultMSS is the segment size where the option is missing: adding it with
// that size, as iptables does, makes no difference.
func (t *translator) defaultMSS() uint16 {
	if t.ipv6() {
		return 1220
	}
	return 536
}

// clampCode writes the path's segment size.
func clampCode(c *coder) {
	const tcpmss = 3
	c.expr("rt", bytecode.N(2, tcpmss), bytecode.N(1, firstRegister))
	c.expr("byteorder", bytecode.N(1, firstRegister), bytecode.N(2, firstRegister), bytecode.N(3, 1), bytecode.N(4, 2), bytecode.N(5, 2))
	c.writeMSS()
}

func (c *coder) writeMSS() {
	const maxseg = 2
	c.expr("exthdr", append(exthdrAttrs(maxseg, 2, 2, 0, true), bytecode.N(7, firstRegister))...)
}
