package nft

import (
	"strconv"

	"github.com/recentc/recentc/compile"
	"github.com/recentc/recentc/internal/bytecode"
)

func (t *translator) nflog(n *compile.NFLog) end {
	text := "log" + t.logPrefix(n.Prefix) + " group " + strconv.Itoa(int(n.Group))
	if n.HasSize {
		text += " snaplen " + strconv.FormatUint(uint64(n.Size), 10)
	}
	if n.Threshold > 0 {
		text += " queue-threshold " + strconv.Itoa(int(n.Threshold))
	}
	return end{stmts: []stmt{act(text, func(c *coder) { c.expr("log", append(nflogAttrs(n), prefixAttrs(n.Prefix)...)...) })}}
}

func nflogAttrs(n *compile.NFLog) []bytecode.Attr {
	attrs := []bytecode.Attr{bytecode.N16(1, n.Group)}
	if n.HasSize {
		attrs = append(attrs, bytecode.N(3, n.Size))
	}
	return append(attrs, bytecode.N16(4, n.Threshold))
}
