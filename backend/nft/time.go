package nft

import (
	"fmt"
	"strconv"

	"github.com/recentc/recentc/compile"
	"github.com/recentc/recentc/internal/bytecode"
	"github.com/recentc/recentc/internal/diag"
)

// time writes dates and times as numbers: nft takes these for UTC, and text for
// the time zone of whoever loads it.
func (t *translator) time(m *compile.Time) form {
	days := m.Days != compile.AllDays
	switch {
	case m.KernelZone && (m.HasFrom || m.HasTo || m.Start > 0 || m.Stop < compile.DayLength-1):
		t.inexpressible("a date or a time of day with --kerneltz", "Give them in UTC, without --kerneltz.")
		return never()
	case m.Contiguous && days:
		t.inexpressible("--contiguous with --weekdays", "Write one rule for the hours before midnight and one for those after it.")
		return never()
	case m.Days == 0:
		return never()
	case days && !m.KernelZone:
		t.warnDays()
	}
	return and(timeDates(m), timeHours(m), timeDays(m))
}

// warnDays says where the day begins: nftables has a day of the week in the
// kernel's time zone only.
func (t *translator) warnDays() {
	r := t.rule
	t.diags.Add(diag.Diagnostic{
		Code: diag.Differs, Severity: diag.Warning, File: r.File.Name, Range: r.Range, Rule: true, Line: r.File.Line(r.Range.Start.Line), Command: r.Ran,
		Summary: "--weekdays begins its days in the kernel's time zone",
		Why:     "iptables takes UTC here. The two are the same where the kernel's time zone is UTC, or was never set.",
		Fix:     "Set the host's clock to UTC, or say --kerneltz if the kernel's zone is what you mean.",
	})
}

// timeDates includes the last second as a whole: nftables counts nanoseconds.
func timeDates(m *compile.Time) form {
	switch {
	case m.From > m.To:
		return never()
	case m.HasFrom && m.HasTo:
		return all(timeTest(m.From, false), timeTest(m.To+1, true))
	case m.HasTo:
		return all(timeTest(m.To+1, true))
	case m.HasFrom: // iptables' clock ends in 2038
		return all(timeRange(m.From, m.To))
	}
	return always()
}

func timeHours(m *compile.Time) form {
	switch {
	case m.Start == m.Stop || m.Start == 0 && m.Stop == compile.DayLength-1:
		return always()
	case m.Start < m.Stop:
		return all(compare(hourField, false, rangeValue(uint64(m.Start), uint64(m.Stop))))
	}
	return anyOf([]stmt{atLeast(hourField, uint64(m.Start))}, []stmt{ordered(hourField, " <= ", bytecode.Le, " > ", bytecode.Gt, uint64(m.Stop))})
}

var dayNames = [...]string{"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"}

func timeDays(m *compile.Time) form {
	if m.Days == compile.AllDays {
		return always()
	}
	var list []value
	for i, name := range dayNames {
		if m.Days&(1<<i) != 0 {
			list = append(list, named(`"`+name+`"`, uint64(i)))
		}
	}
	return all(compare(dayField, false, oneOfValues(list)))
}

var (
	dayField  = metaField("meta day", metaDay, 1, false)
	hourField = metaField("meta hour", metaHour, 4, true)
	timeField = metaField("meta time", metaTime, 8, true)
)

// timeTest compares with a second: nft writes seconds, the kernel counts nanoseconds.
func timeTest(second int64, before bool) stmt {
	n, nanos := strconv.FormatInt(second, 10), uint64(second)*1e9
	s := testOr("meta time < "+n, lessCode(timeField, bytecode.Lt, nanos), "meta time >= "+n, lessCode(timeField, bytecode.Ge, nanos))
	if before {
		return s
	}
	return s.opposite()
}

func timeRange(from, to int64) stmt {
	v := rangeValue(uint64(from)*1e9, uint64(to)*1e9)
	v.text = fmt.Sprintf("%d-%d", from, to)
	return compare(timeField, false, v)
}
