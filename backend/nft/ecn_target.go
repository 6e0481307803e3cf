package nft

import (
	"fmt"

	"github.com/recentc/recentc/compile"
)

func (t *translator) setECN(e *compile.SetECN) end {
	var stmts []stmt
	if e.HasIP {
		stmts = append(stmts, t.ecnTo(uint32(e.IP)))
	}
	if e.TCP.Clear != 0 {
		stmts = append(stmts, jumpTo(t.tcpECN(e.TCP).name))
	}
	return end{stmts: stmts}
}

// tcpECN makes a chain that changes flags and leaves the others as they are: nft
// 1.0.6 sets all flags together, so it has a rule for each set of the others.
func (t *translator) tcpECN(ch compile.Change) *chain {
	others := ^ch.Clear & 0xff
	rules := [][]stmt{{tcpBits(ch.Clear, ch.Toggle), returns}}
	for u := range uint32(0x100) {
		if u&^others == 0 {
			rules = append(rules, []stmt{
				tcpBits(others, u),
				setTCPFlags(u | ch.Toggle), returns,
			})
		}
	}
	return t.sharedChain("set_tcp_ecn", fmt.Sprintf("sets the TCP flags in %#x to %#x", ch.Clear, ch.Toggle), rules...)
}

// tcpBits tests the TCP flags in a mask.
func tcpBits(mask, want uint32) stmt { return bitsTest(tcpFlagsField, mask, false, want) }

func setTCPFlags(flags uint32) stmt {
	v := hexValue(flags)
	return act("tcp flags set "+v.text, func(c *coder) {
		c.protocol(protoTCP)
		c.writeBits(tcpFlagsField, &v)
	})
}
