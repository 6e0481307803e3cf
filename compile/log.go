package compile

import (
	"slices"
	"strings"
)

// Log writes the packet to the kernel's log. The packet goes on.
type Log struct {
	Prefix string
	// Level is syslog's number of it, 0 (emerg) to 7 (debug).
	Level uint8
	// What is logged beside the usual.
	Sequence, TCPOptions, IPOptions, UID, MAC bool
}

// Extension implements Target.
func (*Log) Extension() string { return "LOG" }

// Ends implements Target.
func (*Log) Ends() bool { return false }

// maxLogPrefix is what iptables keeps of a prefix.
const maxLogPrefix = 29

// logLevels are the names that iptables takes, by number.
var logLevels = []string{"emerg", "alert", "crit", "error", "warning", "notice", "info", "debug"}

// defaultLogLevel is "warning".
const defaultLogLevel = 4

var logTarget = &extension{
	name: "LOG",
	options: []option{
		{name: "log-level", args: 1}, {name: "log-prefix", args: 1, text: true},
		{name: "log-tcp-sequence"}, {name: "log-tcp-options"}, {name: "log-ip-options"},
		{name: "log-uid"}, {name: "log-macdecode"},
	},
	target: func(c *call) Target {
		l := &Log{
			Level: defaultLogLevel, Sequence: c.has("log-tcp-sequence"), TCPOptions: c.has("log-tcp-options"),
			IPOptions: c.has("log-ip-options"), UID: c.has("log-uid"), MAC: c.has("log-macdecode"),
		}
		if !c.logLevel(l) || !c.prefixText("log-prefix", maxLogPrefix, &l.Prefix) {
			return nil
		}
		return l
	},
}

func (c *call) logLevel(l *Log) bool {
	g := c.get("log-level")
	if g == nil {
		return true
	}
	level, ok := parseLogLevel(g.value().Text)
	if !ok {
		c.bad(g.value(), "%q is not a log level: a number from 0 to 7 or one of %s", g.value().Text, strings.Join(logLevels, ", "))
	}
	l.Level = level
	return ok
}

func parseLogLevel(s string) (level uint8, ok bool) {
	if n, ok := parseUint(s, 7); ok {
		return uint8(n), true
	}
	if s == "panic" {
		return 0, true
	}
	i := slices.Index(logLevels, s)
	return uint8(max(i, 0)), i >= 0
}
