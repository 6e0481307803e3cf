package compile

import (
	"math"
	"strconv"
	"strings"
)

// Statistic holds for a part of the packets: each Every-th if that is not 0, or
// by chance.
type Statistic struct {
	// Every and Packet: of each Every packets, the one with this number from 0.
	Every, Packet uint32
	// Chance is the probability in parts of 1<<31.
	Chance uint32
	Not    bool
}

// Extension implements Step.
func (*Statistic) Extension() string { return "statistic" }

// Kind implements Step.
func (*Statistic) Kind() Kind { return Meter }

var statisticMatch = &extension{
	name: "statistic",
	options: []option{
		{name: "mode", args: 1}, {name: "probability", args: 1, not: true}, {name: "every", args: 1, not: true}, {name: "packet", args: 1},
	},
	match: func(c *call) Step {
		g := c.need("mode", "random or nth")
		if g == nil {
			return nil
		}
		mode, ok := c.exactly(g.value(), "random", "nth")
		switch {
		case !ok:
			return nil
		case mode == 0:
			return c.chance()
		}
		return c.nth()
	},
}

func (c *call) chance() Step {
	g := c.need("probability", "P")
	if g == nil {
		return nil
	}
	for _, other := range []string{"every", "packet"} {
		if o := c.get(other); o != nil {
			c.conflict(o, "probability")
			return nil
		}
	}
	p, ok := parseDouble(g.value().Text)
	if !ok || !(p >= 0 && p <= 1) {
		c.bad(g.value(), "%q is not a probability from 0 to 1", g.value().Text)
		return nil
	}
	return &Statistic{Chance: uint32(math.Round(p * (1 << 31))), Not: g.not}
}

func (c *call) nth() Step {
	every, packet := c.need("every", "N"), c.need("packet", "P")
	if every == nil || packet == nil {
		return nil
	}
	if g := c.get("probability"); g != nil {
		c.conflict(g, "every")
		return nil
	}
	n, ok := c.number(every.value(), 1, 1<<32-1)
	if !ok {
		return nil
	}
	p, ok := c.number(packet.value(), 0, n-1)
	return stepIf(&Statistic{Every: uint32(n), Packet: uint32(p), Not: every.not}, ok)
}

// parseDouble reads a number as strtod does: blanks in front, in hexadecimal too, and
// without Go's underscores.
func parseDouble(s string) (float64, bool) {
	s = strings.ToLower(strings.TrimLeft(s, cBlanks))
	if strings.Contains(s, "0x") && !strings.Contains(s, "p") {
		s += "p0"
	}
	p, err := strconv.ParseFloat(s, 64)
	return p, err == nil && !strings.Contains(s, "_")
}
