package nft

import (
	"slices"
	"strconv"
	"strings"

	"github.com/recentc/recentc/compile"
)

// maxOptions is how many options a TCP header has room for, beside the
// first, which nothing is left to do with.
const maxOptions = 19

// stripOptions overwrites the first option of each kind, then those that a
// header has a second time: iptables leaves none.
func (t *translator) stripOptions(s *compile.StripOptions) end {
	var stmts []stmt
	var again [][]stmt
	var names []string
	for _, kind := range s.Kinds {
		name := strconv.Itoa(int(kind))
		reset := resetOption(kind)
		stmts = append(stmts, reset)
		again = append(again, append([]stmt{isTCP(), existence(optionField(kind), false)}, slices.Repeat([]stmt{reset}, maxOptions)...))
		names = append(names, name)
	}
	if len(names) == 0 {
		return end{}
	}
	more := t.sharedChain("strip_more", "strips the TCP options "+strings.Join(names, ", ")+" that a header has more than once", again...)
	return end{stmts: append(append([]stmt{isTCP()}, stmts...), jumpTo(more.name))}
}

// resetOption overwrites an option, the first of its kind.
func resetOption(kind uint8) stmt {
	return act("reset tcp option "+strconv.Itoa(int(kind)), func(c *coder) {
		c.protocol(protoTCP)
		c.expr("exthdr", exthdrAttrs(kind, 0, 0, 0, true)...)
	})
}
