package compile

import "strings"

// SecMark gives the packet a security context of SELinux. The packet goes on.
type SecMark struct{ Context string }

// Extension implements Target.
func (*SecMark) Extension() string { return "SECMARK" }

// Ends implements Target.
func (*SecMark) Ends() bool { return false }

// maxContext is the longest context that iptables takes.
const maxContext = 255

var secmarkTarget = &extension{
	name:    "SECMARK",
	options: []option{{name: "selctx", args: 1}},
	target: func(c *call) Target {
		g := c.need("selctx", "CONTEXT")
		if g == nil || !c.forTable("mangle", "security") {
			return nil
		}
		if context := g.value().Text; context == "" || len(context) > maxContext || strings.ContainsAny(context, "\"\n") {
			c.bad(g.value(), "%q is not a security context", context)
			return nil
		}
		return &SecMark{g.value().Text}
	},
}
