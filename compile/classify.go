package compile

import (
	"fmt"
	"strings"

	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/internal/diag"
)

// Classify sets the packet's priority, which is its class in queueing
// disciplines. The packet goes on.
type Classify struct{ Major, Minor uint16 }

// Extension implements Target.
func (*Classify) Extension() string { return "CLASSIFY" }

// Ends implements Target.
func (*Classify) Ends() bool { return false }

func (*Classify) hooks() []Hook { return []Hook{Forward, Output, Postrouting} }

var classifyTarget = &extension{
	name:    "CLASSIFY",
	options: []option{{name: "set-class", args: 1}},
	target: func(c *call) Target {
		cl := &Classify{}
		g := c.need("set-class", "MAJOR:MINOR")
		if g == nil || !c.atHooks(cl.hooks()) || !c.class(cl, g.value()) {
			return nil
		}
		return cl
	},
}

// class reads MAJOR:MINOR, both in hexadecimal, as sscanf does: it ignores what stands behind
// them, and iptables keeps 16 bits of each.
func (c *call) class(cl *Classify, w ast.Word) bool {
	major := scanNumber(w.Text, 16)
	after, colon := strings.CutPrefix(major.rest, ":")
	minor := scanNumber(after, 16)
	if !major.found || !colon || !minor.found {
		c.bad(w, "%q is not a class MAJOR:MINOR, two hexadecimal numbers up to ffff", w.Text)
		return false
	}
	cl.Major, cl.Minor = uint16(major.wrapped()), uint16(minor.wrapped())
	if max(major.wrapped(), minor.wrapped()) > 0xffff || minor.rest != "" {
		c.warn(diag.OddValue, w.Range, fmt.Sprintf("%q is the class %x:%x", w.Text, cl.Major, cl.Minor),
			"iptables keeps 16 bits of each number, and ignores what stands behind them. So does the translation.", "Write the class that is meant.")
	}
	return true
}
