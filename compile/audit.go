package compile

// Audit writes a record to the kernel's audit log. The packet goes on. The kind
// of record that the rule names is not part of it since Linux 4.12.
type Audit struct{}

// Extension implements Target.
func (*Audit) Extension() string { return "AUDIT" }

// Ends implements Target.
func (*Audit) Ends() bool { return false }

var auditTarget = &extension{
	name:    "AUDIT",
	options: []option{{name: "type", args: 1}},
	target: func(c *call) Target {
		g := c.need("type", "TYPE")
		if g == nil {
			return nil
		}
		if _, ok := c.named(g.value(), []string{"accept", "drop", "reject"}); !ok {
			return nil
		}
		return &Audit{}
	},
}
