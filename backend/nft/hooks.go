package nft

import (
	"strconv"

	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/compile"
)

// hookOf gives a built-in chain's type, hook and priority: those at which
// iptables registers the table (NF_IP_PRI_* in the kernel), by nft's names.
func hookOf(c *compile.Chain) (kind, hook, priority string) {
	kind, hook = "filter", c.Hook.String()
	switch c.Table {
	case "nat":
		kind = "nat"
		switch c.Hook {
		case compile.Prerouting:
			return kind, hook, "dstnat"
		case compile.Output:
			return kind, hook, "-100"
		case compile.Input:
			return kind, hook, "100"
		}
		return kind, hook, "srcnat"
	case "mangle":
		if c.Hook == compile.Output {
			kind = "route"
		}
	}
	return kind, hook, c.Table
}

// counted is a counter that goes on from the input's counts, if there are any.
func counted(c *ast.Counters) stmt {
	if c == nil {
		return counts
	}
	return act(counterText(*c), counts.code)
}

// counterText is the counter statement, going on from the input's counts.
func counterText(c ast.Counters) string {
	if c.Packets == 0 && c.Bytes == 0 {
		return "counter"
	}
	return "counter packets " + strconv.FormatUint(c.Packets, 10) + " bytes " + strconv.FormatUint(c.Bytes, 10)
}
