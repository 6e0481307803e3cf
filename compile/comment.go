package compile

// Comment is a note on the rule. It has no effect on packets.
type Comment struct{ Text string }

// Extension implements Step.
func (*Comment) Extension() string { return "comment" }

// Kind implements Step.
func (*Comment) Kind() Kind { return Remark }

// maxComment is XT_MAX_COMMENT_LEN less its end mark.
const maxComment = 255

var commentMatch = &extension{
	name:    "comment",
	options: []option{{name: "comment", args: 1, text: true}},
	match: func(c *call) Step {
		g := c.get("comment")
		if g == nil {
			c.missing("--comment TEXT")
			return nil
		}
		if len(g.value().Text) > maxComment {
			c.bad(g.value(), "the comment has %d bytes; at most %d are possible", len(g.value().Text), maxComment)
			return nil
		}
		return &Comment{Text: g.value().Text}
	},
}
