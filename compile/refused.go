package compile

import (
	"slices"
	"strings"

	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/internal/diag"
)

// Some rules are refused by the kernel alone, with the table they stand in, and
// yet there is only one thing that they can mean. Such a rule stands in files
// that nobody ever loaded. It is translated with that meaning, and warned of,
// since there is no behaviour that the translation could keep.

// refused warns that the kernel does not load the rule, and says what it is
// translated as.
func (c *ruleCompiler) refused(r ast.Range, summary, as, fix string) {
	c.warn(diag.KernelRefuses, r, summary,
		"The kernel refuses the table with \"Invalid argument\", so no packet was ever treated by this rule. It is translated "+as+".", fix)
}

// onlyProtocol holds that the rule is for packets of one protocol. Where the rule
// names no protocol at all it is made one of these: the kernel would refuse it.
func (c *ruleCompiler) onlyProtocol(r ast.Range, what string, protocol uint8) bool {
	p := c.core.protocol
	if p != nil {
		return !p.Not && p.Number == protocol
	}
	c.core.protocol = &Protocol{Number: protocol, at: r}
	name := "-p " + protocolName(protocol, c.family)
	c.refused(r, what+" needs "+name, "as if "+name+" stood there", "Add "+name+" to the rule.")
	return true
}

// forTable warns of a target outside the tables in which the kernel has it, which
// does in nftables wherever it stands what it says. In the nat table, which sees
// one packet of a connection, that would be something else: there it is refused.
func (c *call) forTable(names ...string) bool {
	if slices.Contains(names, c.table.name) || c.table.name == "nat" {
		return c.inTable(names...)
	}
	where := "the " + strings.Join(names, " or ") + " table"
	c.refused(c.at, c.describe()+" is only valid in "+where, "where it stands", "Move the rule to "+where+".")
	return true
}
