package compile

import (
	"fmt"
	"strconv"
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

// date reads YYYY[-MM[-DD[Thh[:mm[:ss]]]]] as UTC. As in C, a day that a month
// does not have is one of the next month.
func (c *call) date(w ast.Word) (int64, bool) {
	fields := [6]int{1970, 1, 1, 0, 0, 0}
	bounds := [6][2]int{{1970, 2038}, {1, 12}, {1, 31}, {0, 23}, {0, 59}, {0, 59}}
	rest, ok := w.Text, true
	for i := 0; i < 6 && ok && (rest != "" || i == 0); i++ {
		field := rest
		if end := strings.IndexByte(rest, "--T::\x00"[i]); end >= 0 {
			field, rest = rest[:end], rest[end+1:]
		} else {
			rest = ""
		}
		fields[i], ok = inBounds(field, bounds[i])
	}
	if !ok || rest != "" {
		c.bad(w, "%q is not a date from 1970 to 2038: YYYY[-MM[-DD[Thh[:mm[:ss]]]]]", w.Text)
		return 0, false
	}
	f := fields
	return time.Date(f[0], time.Month(f[1]), f[2], f[3], f[4], f[5], 0, time.UTC).Unix(), true
}

func inBounds(s string, b [2]int) (int, bool) {
	n, err := strconv.Atoi(s)
	return n, err == nil && n >= b[0] && n <= b[1]
}

// dayTime reads hh:mm or hh:mm:ss.
func (c *call) dayTime(w ast.Word) (uint32, bool) {
	parts := strings.Split(w.Text, ":")
	total, ok := 0, len(parts) == 2 || len(parts) == 3
	for i := 0; i < 3 && ok; i++ {
		n := 0
		if i < len(parts) {
			n, ok = inBounds(parts[i], [2]int{0, [3]int{23, 59, 59}[i]})
		}
		total = total*60 + n
	}
	if !ok {
		c.bad(w, "%q is not a time of day: hh:mm or hh:mm:ss", w.Text)
	}
	return uint32(total), ok
}

var dayNames = []string{"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"}

// weekdays reads days by number, Monday is 1 and Sunday 7, or by the first two
// letters of their names.
func (c *call) weekdays(g *given) (days uint8, ok bool) {
	for _, w := range split(g.value(), ',') {
		day, good := weekday(w.Text)
		switch {
		case !good:
			c.report(diag.BadValue, w.Range, fmt.Sprintf("%q is not a day: 1 for Monday to 7 for Sunday, or Mon, Tue, Wed, Thu, Fri, Sat, Sun", w.Text),
				"iptables refuses the rule.", rangeOfDays(w.Text))
			return 0, false
		case w.Text[0] >= 'A' && !strings.HasPrefix(dayNames[day], w.Text):
			c.warn(diag.OddValue, w.Range, fmt.Sprintf("%q is %s alone", w.Text, dayNames[day]),
				"iptables reads the first two letters, and so does the translation.", rangeOfDays(w.Text))
		}
		days |= 1 << day
	}
	if g.not {
		days ^= AllDays
	}
	return days, true
}

// rangeOfDays is the remedy for what looks like a range.
func rangeOfDays(text string) string {
	if strings.Contains(text, "-") {
		return "Write each of the days, as in Mon,Tue,Wed: there are no ranges of days."
	}
	return ""
}

func weekday(s string) (int, bool) {
	if n, ok := inBounds(s, [2]int{1, 7}); ok {
		return n % 7, true
	}
	for i, name := range dayNames {
		if strings.HasPrefix(s, name[:2]) {
			return i, true
		}
	}
	return 0, false
}
