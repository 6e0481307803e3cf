package display

import (
	"fmt"
	"strings"
)

// Shell is a word of a command that a reader may copy into a shell: quoted where it has
// to be, so that the shell gives it to the command as it is. The form $'...' for what a
// terminal cannot show is that of bash, zsh and newer POSIX shells.
func Shell(s string) string {
	switch {
	case s == "":
		return "''"
	case !Visible(s) || !plain(s) && Line(s) != s:
		return ansiQuoted(s)
	case strings.IndexFunc(s, special) < 0 && s[0] != '~' && s[0] != '#' && s[0] != '=':
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

// ShellPath is Shell for the name of a file, which a command must not take for an option.
func ShellPath(s string) string {
	if strings.HasPrefix(s, "-") && s != "-" {
		s = "./" + s
	}
	return Shell(s)
}

func special(r rune) bool {
	switch {
	case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r > 0x7f:
		return false
	}
	return !strings.ContainsRune("_./:@%+=,-~#", r)
}

func ansiQuoted(s string) string {
	var b strings.Builder
	b.WriteString("$'")
	for i := range len(s) {
		switch c := s[i]; {
		case c == '\'' || c == '\\':
			b.WriteString(`\` + string(c))
		case c == '\n':
			b.WriteString(`\n`)
		case c < ' ' || c > '~' || c == '[':
			fmt.Fprintf(&b, `\x%02x`, c)
		default:
			b.WriteByte(c)
		}
	}
	return b.String() + "'"
}
