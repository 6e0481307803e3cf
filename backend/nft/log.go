package nft

import (
	"strings"

	"github.com/recentc/recentc/compile"
	"github.com/recentc/recentc/internal/bytecode"
	"github.com/recentc/recentc/internal/display"
)

// logLevels are nft's names of syslog's levels; "warn" is the default.
var logLevels = [...]string{"emerg", "alert", "crit", "err", "", "notice", "info", "debug"}

func (t *translator) log(l *compile.Log) end {
	text := "log" + t.logPrefix(l.Prefix)
	if level := logLevels[l.Level]; level != "" {
		text += " level " + level
	}
	return end{stmts: []stmt{act(text+logFlags(l), logCode(l))}}
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

// logCode leaves out what is the default: the kernel's level is "warn", 4.
func logCode(l *compile.Log) func(*coder) {
	const sequence, tcpOptions, ipOptions, uid, mac = 1, 2, 4, 8, 0x20
	flags := uint32(0)
	for _, f := range []struct {
		on  bool
		bit uint32
	}{{l.Sequence, sequence}, {l.TCPOptions, tcpOptions}, {l.IPOptions, ipOptions}, {l.UID, uid}, {l.MAC, mac}} {
		if f.on {
			flags |= f.bit
		}
	}
	return func(c *coder) {
		attrs := []bytecode.Attr{bytecode.N(5, uint32(l.Level)), bytecode.N(6, flags)}
		c.expr("log", append(attrs, prefixAttrs(l.Prefix)...)...)
	}
}

func prefixAttrs(prefix string) []bytecode.Attr {
	if prefix == "" {
		return nil
	}
	return []bytecode.Attr{bytecode.Text(2, prefix)}
}
