package nft

import (
	"strconv"

	"github.com/recentc/recentc/compile"
)

func (t *translator) nflog(n *compile.NFLog) end {
	text := "log" + t.logPrefix(n.Prefix) + " group " + strconv.Itoa(int(n.Group))
	if n.HasSize {
		text += " snaplen " + strconv.FormatUint(uint64(n.Size), 10)
	}
	if n.Threshold > 0 {
		text += " queue-threshold " + strconv.Itoa(int(n.Threshold))
	}
	return end{stmts: []stmt{act(text)}}
}
