package compile

import (
	"fmt"
	"math"
	"strings"

	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/internal/diag"
)

// Rate is a number of packets in a unit of time.
type Rate struct {
	Count uint32
	Per   Unit
}

// Unit is the time that a rate is counted in.
type Unit uint8

// The units of rates.
const (
	Second Unit = iota
	Minute
	Hour
	Day
)

// String returns the unit's name, "second".
func (u Unit) String() string { return unitNames[u] }

// Seconds returns the unit's length.
func (u Unit) Seconds() uint32 { return [...]uint32{1, 60, 3600, 86400}[u] }

var unitNames = []string{"second", "minute", "hour", "day"}

// Limit holds for packets up to a rate, counted for the rule as a whole, and
// for Burst packets at once.
type Limit struct {
	Rate  Rate
	Burst uint32
}

// Extension implements Step.
func (*Limit) Extension() string { return "limit" }

// Kind implements Step.
func (*Limit) Kind() Kind { return Meter }

// limitScale is XT_LIMIT_SCALE: the kernel keeps the time between two packets in
// units of a second's ten thousandth.
const limitScale = 10000

var limitMatch = &extension{
	name:    "limit",
	options: []option{{name: "limit", args: 1}, {name: "limit-burst", args: 1}},
	match: func(c *call) Step {
		interval, burst, ok := uint64(3600/3*limitScale), uint64(5), true
		if g := c.get("limit"); g != nil {
			interval, ok = c.interval(g.value(), limitScale)
		}
		if g := c.get("limit-burst"); g != nil {
			var good bool
			burst, good = c.number(g.value(), 0, 10000)
			ok = ok && good
		}
		if !ok || !c.limitFits(uint32(interval), uint32(burst)) {
			return nil
		}
		return &Limit{savedRate(interval, limitScale), uint32(burst)}
	},
}

// interval reads a rate as the time between two packets, in parts of a second.
func (c *call) interval(w ast.Word, scale uint64) (uint64, bool) {
	count, unit, hasUnit := strings.Cut(w.Text, "/")
	n, cut := rateCount(count, scale == limitScale)
	per, ok := Second, n > 0
	if hasUnit && ok {
		per, ok = unitOf(unit)
	}
	if !ok {
		c.bad(w, "%q is not a rate: a number, and perhaps /second, /minute, /hour or /day", w.Text)
		return 0, false
	}
	interval := scale * uint64(per.Seconds()) / n
	if interval == 0 {
		c.bad(w, "the rate %s is too fast: at most %d a second are possible", w.Text, scale)
	} else if cut {
		c.warn(diag.OddValue, w.Range, fmt.Sprintf("%q is the rate %d/%s", w.Text, n, per),
			"iptables keeps 32 bits of the number and says nothing. So does the translation.", "Write the rate that is meant.")
	}
	return interval, interval > 0
}

// rateCount reads the number of a rate as atoi does, or as atoll, and ignores what stands
// behind it. What is too large for them is cut to 32 bits.
func rateCount(s string, short bool) (n uint64, cut bool) {
	c := scanNumber(s, 10)
	long := c.wrapped()
	if c.over || c.value > math.MaxInt64 {
		long = math.MaxInt64
	}
	if short {
		return uint64(uint32(long)), c.value > math.MaxUint32
	}
	return long, false
}

// unitOf finds the unit that begins with s.
func unitOf(s string) (Unit, bool) {
	for i, name := range unitNames {
		if s != "" && len(s) <= len(name) && strings.EqualFold(name[:len(s)], s) {
			return Unit(i), true
		}
	}
	return 0, false
}

// savedRate gives the whole number in the unit in which iptables-save shows an
// interval: the kernel has rounded it, so that 3000/second is 3333/second.
func savedRate(interval, scale uint64) Rate {
	u := Day
	for u > Second {
		period := scale * uint64((u - 1).Seconds())
		if interval > period || period/interval < period%interval {
			break
		}
		u--
	}
	return Rate{uint32(scale * uint64(u.Seconds()) / interval), u}
}

// limitFits repeats the kernel's arithmetic, which is 32 bits wide.
func (c *call) limitFits(interval, burst uint32) bool {
	bucket, one := credits(interval*burst), credits(interval)
	if burst == 0 || bucket < one {
		c.report(diag.BadValue, c.at, fmt.Sprintf("a burst of %d packets is not possible at this rate", burst),
			"The kernel refuses the table with \"Numerical result out of range\".", "Write a smaller --limit-burst, but at least 1.")
		return false
	}
	if uint64(interval)*uint64(burst)/limitScale > (1<<32-1)/creditsPerSecond {
		c.warn(diag.OddValue, c.at, fmt.Sprintf("a burst of %d packets at this rate overflows in the kernel", burst),
			"The kernel counts in 32 bits and allows fewer packets at once. It is translated as it is written.", "Write a smaller --limit-burst.")
	}
	return true
}

// creditsPerSecond is what xt_limit counts in at a clock of 250 or 1000 Hz.
const creditsPerSecond = 32000

func credits(n uint32) uint32 {
	if n > (1<<32-1)/creditsPerSecond {
		return n / limitScale * creditsPerSecond
	}
	return n * creditsPerSecond / limitScale
}
