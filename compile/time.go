package compile

import (
	"fmt"
	"strings"
	"time"

	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/internal/diag"
)

// Time tests when a packet is seen. The clock is UTC, or that of the kernel's
// time zone if KernelZone.
type Time struct {
	// From and To are seconds since 1970, both included. HasFrom and HasTo tell
	// whether they were given; To ends in 2038 otherwise.
	From, To       int64
	HasFrom, HasTo bool
	// Start and Stop are seconds of the day, both included. A day's time that
	// stops before it starts goes over midnight; one that starts when it stops
	// is the whole day.
	Start, Stop uint32
	// Days is a set of days of the week: bit 0 is Sunday.
	Days uint8
	// Contiguous counts the time after midnight to the day before.
	Contiguous bool
	KernelZone bool
}

// The bounds where a Time has none.
const (
	AllDays   = 0x7f
	LastTime  = 1<<31 - 1
	DayLength = 86400
)

// Extension implements Step.
func (*Time) Extension() string { return "time" }

// Kind implements Step.
func (*Time) Kind() Kind { return Condition }

var timeMatch = &extension{
	name: "time",
	options: []option{
		{name: "datestart", args: 1}, {name: "datestop", args: 1}, {name: "timestart", args: 1}, {name: "timestop", args: 1},
		{name: "contiguous"}, {name: "weekdays", args: 1, not: true}, {name: "monthdays", args: 1, not: true},
		{name: "localtz", same: "kerneltz"}, {name: "utc"}, {name: "kerneltz"},
	},
	match: func(c *call) Step {
		m := &Time{To: LastTime, Stop: DayLength - 1, Days: AllDays, Contiguous: c.has("contiguous"), KernelZone: c.has("kerneltz")}
		ok := c.each(func(g *given) bool { return c.timeOption(m, g) })
		return stepIf(m, ok && c.timeRules(m))
	},
}

func (c *call) timeRules(m *Time) bool {
	switch {
	case m.KernelZone && c.has("utc"):
		c.conflict(c.get("utc"), "kerneltz")
	case m.Contiguous && m.Start <= m.Stop:
		c.report(diag.OptionConflict, c.get("contiguous").at, "--contiguous without a time over midnight",
			"iptables takes it only where --timestop is before --timestart.", "Remove it.")
	default:
		return true
	}
	return false
}

func (c *call) timeOption(m *Time, g *given) (ok bool) {
	switch g.name {
	case "datestart":
		m.HasFrom = true
		m.From, ok = c.date(g.value())
	case "datestop":
		m.HasTo = true
		m.To, ok = c.date(g.value())
	case "timestart":
		m.Start, ok = c.dayTime(g.value())
	case "timestop":
		m.Stop, ok = c.dayTime(g.value())
	case "weekdays":
		m.Days, ok = c.weekdays(g)
	case "monthdays":
		c.unsupported(g.at, "--monthdays", "nftables knows the day of the week and no day of the month. Change the rule set by cron, or give dates.")
	default:
		return true
	}
	return ok
}

// timeField is one number of a date or a time of day: what ends it, if it need
// not be the last one, and the largest that it may be.
type timeField struct {
	end  byte
	most uint64
}

var (
	dateFields  = []timeField{{'-', 2038}, {'-', 12}, {'T', 31}, {':', 23}, {':', 59}, {0, 59}}
	clockFields = []timeField{{':', 23}, {':', 59}, {0, 59}}
)

// timeFields reads numbers as iptables does: one that is missing in front of or
// behind what ends it is 0. It gives how many there are.
func timeFields(s string, fields []timeField, into []int) (count int, ok bool) {
	for i, f := range fields {
		n := scanNumber(s, 10)
		v := uint64(uint32(n.wrapped()))
		if v > f.most || n.rest != "" && (f.end == 0 || n.rest[0] != f.end) {
			return 0, false
		}
		into[i] = int(v)
		if n.rest == "" {
			return i + 1, true
		}
		s = n.rest[1:]
	}
	return 0, false
}

// date reads YYYY[-MM[-DD[Thh[:mm[:ss]]]]] as UTC. As in C, a day or a month that there
// is not counts from the one before or after.
func (c *call) date(w ast.Word) (int64, bool) {
	f := []int{0, 1, 1, 0, 0, 0}
	_, ok := timeFields(w.Text, dateFields, f)
	at := time.Date(f[0], time.Month(f[1]), f[2], f[3], f[4], f[5], 0, time.UTC).Unix()
	if !ok || f[0] < 1970 || at < 0 {
		c.bad(w, "%q is not a date from 1970 to 2038: YYYY[-MM[-DD[Thh[:mm[:ss]]]]]", w.Text)
		return 0, false
	}
	if f[1] == 0 || f[2] == 0 {
		c.warn(diag.OddValue, w.Range, fmt.Sprintf("%q is %s", w.Text, time.Unix(at, 0).UTC().Format("2006-01-02")),
			"There is no month and no day 0. iptables takes the one before the first, and so does the translation.", "Write the date that is meant.")
	}
	return at, true
}

// dayTime reads hh:mm or hh:mm:ss.
func (c *call) dayTime(w ast.Word) (uint32, bool) {
	f := []int{0, 0, 0}
	n, ok := timeFields(w.Text, clockFields, f)
	if !ok || n < 2 {
		c.bad(w, "%q is not a time of day: hh:mm or hh:mm:ss", w.Text)
		return 0, false
	}
	return uint32(f[0]*3600 + f[1]*60 + f[2]), true
}

var dayNames = []string{"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"}

// weekdays reads days by number, Monday is 1 and Sunday 7, or by the first two letters of
// their names. Nothing, also behind the last comma, is no day.
func (c *call) weekdays(g *given) (days uint8, ok bool) {
	for i, w := range split(g.value(), ',') {
		if rest := g.value().Text; w.Text == "" && (i == 0 && rest == "" || i > 0 && i == strings.Count(rest, ",")) {
			break
		}
		day, good := weekday(w.Text)
		if !good {
			c.report(diag.BadValue, w.Range, fmt.Sprintf("%q is not a day: 1 for Monday to 7 for Sunday, or Mon, Tue, Wed, Thu, Fri, Sat, Sun", w.Text),
				"iptables refuses the rule.", rangeOfDays(w.Text))
			return 0, false
		}
		days |= day
		c.checkDay(w, day)
	}
	if g.not {
		days ^= AllDays
	}
	if days == 0 {
		c.warn(diag.NeverMatches, g.at, "--weekdays without a day", "iptables takes it, and the rule matches no packet.", "Name the days.")
	}
	return days, true
}

// checkDay warns of a word that is another day than it looks, or none.
func (c *call) checkDay(w ast.Word, day uint8) {
	name := ""
	for i, n := range dayNames {
		if day == 1<<i {
			name = n
		}
	}
	switch {
	case day == 0:
		c.warn(diag.OddValue, w.Range, fmt.Sprintf("%q is no day", w.Text), "iptables takes it, and it stands for nothing.", "Write 1 for Monday to 7 for Sunday.")
	case (w.Text[0] >= 'A' || len(w.Text) > 3) && !strings.HasPrefix(name, w.Text):
		c.warn(diag.OddValue, w.Range, fmt.Sprintf("%q is %s alone", w.Text, name),
			"iptables reads the first two letters, or three digits, and so does the translation.", rangeOfDays(w.Text))
	}
}

// rangeOfDays is the remedy for what looks like a range.
func rangeOfDays(text string) string {
	if strings.Contains(text, "-") {
		return "Write each of the days, as in Mon,Tue,Wed: there are no ranges of days."
	}
	return ""
}

// weekday reads a number of at most three bytes, in any base, or two letters. A number
// over 7 is no day.
func weekday(s string) (day uint8, ok bool) {
	s = s[:min(3, len(s))]
	if n := scanNumber(s, 0); n.found && n.rest == "" {
		bit := uint32(1) << (n.wrapped() % 32)
		if bit == 1<<7 {
			bit = 1
		} else if bit == 1 {
			bit = 0
		}
		return uint8(bit & AllDays), n.value != 0
	}
	for i, name := range dayNames {
		if strings.HasPrefix(s, name[:2]) {
			return 1 << i, true
		}
	}
	return 0, false
}
