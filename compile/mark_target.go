package compile

// SetMark changes the packet's mark. The packet goes on.
type SetMark struct{ Change }

// Extension implements Target.
func (*SetMark) Extension() string { return "MARK" }

// Ends implements Target.
func (*SetMark) Ends() bool { return false }

const allMarks = 1<<32 - 1

var markTarget = &extension{
	name:    "MARK",
	options: changeOptions("mark"),
	target: func(c *call) Target {
		g := c.oneOf("set-mark", "set-xmark", "and-mark", "or-mark", "xor-mark")
		if g == nil {
			return nil
		}
		change, ok := c.change(g, "mark", allMarks)
		if !ok {
			return nil
		}
		return &SetMark{change}
	},
}
