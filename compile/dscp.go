package compile

import (
	"fmt"
	"strings"

	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/internal/diag"
)

// DSCP tests the upper six bits of the IP header's second byte.
type DSCP struct {
	Value uint8
	Not   bool
}

// Extension implements Step.
func (*DSCP) Extension() string { return "dscp" }

// Kind implements Step.
func (*DSCP) Kind() Kind { return Condition }

var dscpClasses = map[string]uint8{
	"CS0": 0, "CS1": 0x08, "CS2": 0x10, "CS3": 0x18, "CS4": 0x20, "CS5": 0x28, "CS6": 0x30, "CS7": 0x38, "BE": 0,
	"AF11": 0x0a, "AF12": 0x0c, "AF13": 0x0e, "AF21": 0x12, "AF22": 0x14, "AF23": 0x16, "AF31": 0x1a, "AF32": 0x1c,
	"AF33": 0x1e, "AF41": 0x22, "AF42": 0x24, "AF43": 0x26, "EF": 0x2e,
}

var dscpMatch = &extension{
	name:    "dscp",
	options: []option{{name: "dscp", args: 1, not: true}, {name: "dscp-class", args: 1, not: true}},
	match: func(c *call) Step {
		number, class := c.get("dscp"), c.get("dscp-class")
		switch {
		case number == nil && class == nil:
			c.missing("--dscp VALUE or --dscp-class NAME")
			return nil
		case number != nil && class != nil:
			c.conflict(class, "dscp")
			return nil
		case number != nil:
			n, ok := c.number(number.value(), 0, 63)
			return stepIf(&DSCP{uint8(n), number.not}, ok)
		}
		n, ok := c.dscpClass(class.value())
		return stepIf(&DSCP{n, class.not}, ok)
	},
}

// dscpClass reads the name of a class. iptables compares the name's length only, so
// what stands behind it is nothing to it.
func (c *call) dscpClass(w ast.Word) (uint8, bool) {
	for _, name := range sortedKeys(dscpClasses) {
		switch {
		case strings.EqualFold(w.Text, name):
		case len(w.Text) > len(name) && strings.EqualFold(w.Text[:len(name)], name):
			c.readAs(w, name)
		default:
			continue
		}
		return dscpClasses[name], true
	}
	c.bad(w, "%q is none of %s", w.Text, strings.Join(sortedKeys(dscpClasses), ", "))
	return 0, false
}

// readAs warns of a word of which iptables reads the beginning only.
func (c *call) readAs(w ast.Word, name string) {
	c.warn(diag.OddValue, w.Range, fmt.Sprintf("%q is read as %s", w.Text, name),
		"iptables looks at the beginning of the word only, and takes the rule. It is translated as it acts.", "Write "+name+".")
}
