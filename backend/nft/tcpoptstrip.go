package nft

import (
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
		reset := "reset tcp option " + name
		stmts = append(stmts, act(reset))
		again = append(again, []stmt{tests("tcp option "+name+" exists", protoTCP), act(strings.Repeat(reset+" ", maxOptions-1) + reset)})
		names = append(names, name)
	}
	if len(names) == 0 {
		return end{}
	}
	more := t.sharedChain("strip_more", "strips the TCP options "+strings.Join(names, ", ")+" that a header has more than once", again...)
	return end{stmts: append(stmts, jumpTo(more.name))}
}
