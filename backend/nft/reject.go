package nft

import (
	"github.com/recentc/recentc/compile"
	"github.com/recentc/recentc/internal/bytecode"
)

// rejectCodes are nft's names of the codes of "destination unreachable", for
// IPv6 and not. The code that is the default of both programs has none.
var rejectCodes = map[bool]map[uint8]string{
	false: {
		0: "icmp type net-unreachable", 1: "icmp type host-unreachable", 2: "icmp type prot-unreachable",
		9: "icmp type net-prohibited", 10: "icmp type host-prohibited", 13: "icmp type admin-prohibited",
	},
	true: {
		0: "icmpv6 type no-route", 1: "icmpv6 type admin-prohibited", 3: "icmpv6 type addr-unreachable",
		5: "icmpv6 type policy-fail", 6: "icmpv6 type reject-route",
	},
}

func (t *translator) reject(r *compile.Reject) end {
	text := "reject"
	if r.Reset {
		text += " with tcp reset"
	} else if kind := rejectCodes[t.ipv6()][r.Code]; kind != "" {
		text += " with " + kind
	}
	return end{stmts: []stmt{decide(text, t.rejectCode(r))}, ends: true}
}

// rejectCode asks for TCP in front of a reset, as nft does.
func (t *translator) rejectCode(r *compile.Reject) func(*coder) {
	return func(c *coder) {
		if r.Reset { // nft tests the protocol in front of the whole rule
			c.out = append(c.tested(protoTCP), c.out...)
			c.expr("reject", bytecode.N(1, 1))
			return
		}
		c.expr("reject", bytecode.N(1, 0), bytecode.N8(2, r.Code))
	}
}
