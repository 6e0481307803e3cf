package nft

import (
	"strings"

	"github.com/recentc/recentc/compile"
	"github.com/recentc/recentc/internal/display"
)

// logLevels are nft's names of syslog's levels; "warn" is the default.
var logLevels = [...]string{"emerg", "alert", "crit", "err", "", "notice", "info", "debug"}

func (t *translator) log(l *compile.Log) end {
	text := "log" + t.logPrefix(l.Prefix)
	if level := logLevels[l.Level]; level != "" {
		text += " level " + level
	}
	return end{stmts: []stmt{act(text + logFlags(l))}}
}

// logPrefix writes the text in front of the message. nft ends it at a double
// quote and takes a dollar sign for one of its own variables.
func (t *translator) logPrefix(s string) string {
	switch {
	case s == "":
		return ""
	case strings.Contains(s, `"`):
		t.inexpressible("a double quote in a log prefix", "Use another quotation mark.")
	case strings.Contains(s, "$"):
		t.inexpressible("a dollar sign in a log prefix", "Write the prefix without it.")
	case !display.Visible(s):
		t.inexpressible("a control character in a log prefix", "Write the prefix without it, in UTF-8: an nft script would have to hold it as it is, and so would every terminal that shows the script.")
	}
	return ` prefix "` + s + `"`
}

func logFlags(l *compile.Log) string {
	var tcp []string
	if l.Sequence {
		tcp = append(tcp, "sequence")
	}
	if l.TCPOptions {
		tcp = append(tcp, "options")
	}
	text := ""
	if tcp != nil {
		text = " flags tcp " + strings.Join(tcp, ",")
	}
	if l.IPOptions {
		text += " flags ip options"
	}
	if l.UID {
		text += " flags skuid"
	}
	if l.MAC {
		text += " flags ether"
	}
	return text
}
