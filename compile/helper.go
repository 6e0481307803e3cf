package compile

// Helper tests that the packet's connection was expected by another one's
// conntrack helper. A packet without connection, or with one that no helper
// expected, does not match, and matches if negated.
type Helper struct {
	Name string
	Not  bool
}

// Extension implements Step.
func (*Helper) Extension() string { return "helper" }

// Kind implements Step.
func (*Helper) Kind() Kind { return Condition }

// maxHelper is the longest name that the kernel gives a helper.
const maxHelper = 15

var helperMatch = &extension{
	name:    "helper",
	options: []option{{name: "helper", args: 1, not: true}},
	match: func(c *call) Step {
		g := c.need("helper", "NAME")
		if g == nil {
			return nil
		}
		name := g.value().Text
		if name == "" || len(name) > maxHelper {
			c.unsupported(g.at, "--helper \""+name+"\"", "Write the name of one helper, such as ftp or sip: 1 to 15 bytes.")
			return nil
		}
		return &Helper{name, g.not}
	},
}
