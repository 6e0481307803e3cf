package nft

import (
	"strings"

	"github.com/recentc/recentc/compile"
	"github.com/recentc/recentc/internal/diag"
)

// maxComment is how many bytes of a rule's comment nft 1.0.6 keeps.
const maxComment = 128

// comment puts a rule's comment on the first rule that it becomes. What nft
// cannot write is replaced; the source comment above the rule has the whole text.
func (t *translator) comment(c *compile.Comment, e *emitter) {
	text := c.Text
	if e.pending.comment != "" {
		text = e.pending.comment + "; " + text
	}
	clean := commentText(text)
	if clean != text && len(text) > 0 {
		t.note(diag.TextChanged, t.rule.File, t.rule.Range, "the comment is changed in the output", "nftables keeps 128 bytes of comment and cannot write a double quote. Control characters are written as \\x1b.")
	}
	e.pending.comment = clean
}

// commentText makes a comment one that nft takes.
func commentText(text string) string {
	clean := strings.ReplaceAll(printable(text), `"`, "'")
	if len(clean) > maxComment-1 {
		clean = strings.ToValidUTF8(clean[:maxComment-4], "") + "..."
	}
	return clean
}
