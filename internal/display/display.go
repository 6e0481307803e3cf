// Package display makes text that others wrote fit to be shown.
//
// Names, comments and paths come from rule files, from the kernel and from whoever
// makes a folder. Shown as they are, they could move a terminal's cursor, turn the
// direction of writing, begin a line of their own, or give a command to a CI system
// that reads the output. Each kind of output has one function here: [Line] and
// [Fprintf] for terminals, [JSON] for JSON, [Shell] for commands that a reader copies.
// Only the display changes: the bytes that a rule means stay what they are.
package display

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Line is s as part of one line: everything that is not seen as itself is written as
// Go and C write it: \n, \x1b, \u202e, and \xff for a byte that is no character.
func Line(s string) string {
	if plain(s) {
		return s
	}
	out, _, _ := Mark(s, 0, 0)
	return strings.ReplaceAll(out, "\t", `\t`)
}

// Lines is Line for a text of several lines; tabs stay.
func Lines(s string) string {
	lines := strings.Split(s, "\n")
	for i, l := range lines {
		lines[i], _, _ = Mark(l, 0, 0)
	}
	return strings.Join(lines, "\n")
}

// Mark is Line for a line with tabs, which stay, and a marked part: from and to are
// bytes of s, and the results are those of the line.
func Mark(s string, from, to int) (line string, first, last int) {
	var b strings.Builder
	first, last = -1, -1
	start := commandStart(s)
	for i := 0; i < len(s); {
		if first < 0 && i >= from {
			first = b.Len()
		}
		if last < 0 && i >= to {
			last = b.Len()
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case i == start, r == '[' && strings.HasSuffix(s[:i], "##"):
			fmt.Fprintf(&b, `\x%02x`, r)
		case r == '\t':
			b.WriteByte('\t')
		default:
			b.WriteString(character(r, s[i:i+size]))
		}
		i += size
	}
	if first < 0 {
		first = b.Len()
	}
	if last < 0 {
		last = b.Len()
	}
	return b.String(), first, last
}

// Visible tells whether s is shown as it is: nothing in it is a control character, is
// without width, turns the direction of writing, or is no character at all.
func Visible(s string) bool {
	for i, r := range s {
		if hidden(r) || r == utf8.RuneError && !strings.HasPrefix(s[i:], string(utf8.RuneError)) {
			return false
		}
	}
	return true
}

// plain tells quickly that a text needs no change: nearly all do not.
func plain(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return !strings.Contains(s, "##[") && commandStart(s) < 0
}

// character is a character as it is shown; raw are its bytes.
func character(r rune, raw string) string {
	switch {
	case r == utf8.RuneError && len(raw) == 1:
		return fmt.Sprintf(`\x%02x`, raw[0])
	case !hidden(r):
		return raw
	case r == '\n':
		return `\n`
	case r == '\r':
		return `\r`
	case r < 0x80:
		return fmt.Sprintf(`\x%02x`, r)
	case r < 0x10000:
		return fmt.Sprintf(`\u%04x`, r)
	}
	return fmt.Sprintf(`\U%08x`, r)
}

// hidden tells whether a character is not seen as itself: controls, also those above
// ASCII, formats such as the bidirectional ones, blanks other than the usual one,
// separators of lines, and what has no width.
func hidden(r rune) bool {
	return !unicode.IsPrint(r) || r > 0x7f && unicode.In(r, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)
}

// commandStart is where a line has the colons of a workflow command of GitHub, which
// blanks may come before, or -1. The other form, "##[command]", works anywhere in a line.
func commandStart(s string) int {
	trimmed := strings.TrimLeftFunc(s, unicode.IsSpace)
	rest, ok := strings.CutPrefix(trimmed, "::")
	if !ok || !strings.Contains(rest, "::") {
		return -1 // an IPv6 address has one pair of colons
	}
	return len(s) - len(trimmed)
}
