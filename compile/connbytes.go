package compile

import (
	"fmt"
	"math"
	"strings"

	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/internal/diag"
)

// ConnCount says what ConnBytes counts.
type ConnCount uint8

// What is counted of a connection.
const (
	CountPackets ConnCount = iota
	CountBytes
	CountAverage
)

// ConnBytes tests how much a connection has transferred so far. A packet without
// connection does not match, negated or not.
type ConnBytes struct {
	Count ConnCount
	// Both counts both directions, Reply only that one.
	Both, Reply bool
	Low, High   uint64
	Not         bool
}

// Extension implements Step.
func (*ConnBytes) Extension() string { return "connbytes" }

// Kind implements Step.
func (*ConnBytes) Kind() Kind { return Condition }

var connbytesMatch = &extension{
	name:    "connbytes",
	options: []option{{name: "connbytes", args: 1, not: true}, {name: "connbytes-dir", args: 1}, {name: "connbytes-mode", args: 1}},
	match: func(c *call) Step {
		g, dir, mode := c.need("connbytes", "FROM:TO"), c.need("connbytes-dir", "DIRECTION"), c.need("connbytes-mode", "MODE")
		if g == nil || dir == nil || mode == nil {
			return nil
		}
		m := &ConnBytes{Not: g.not}
		d, ok1 := c.exactly(dir.value(), "original", "reply", "both")
		n, ok2 := c.exactly(mode.value(), "packets", "bytes", "avgpkt")
		m.Both, m.Reply, m.Count = d == 2, d == 1, ConnCount(n)
		return stepIf(m, c.connBytes(m, g) && ok1 && ok2)
	},
}

// exactly finds a name that must be written just so.
func (c *call) exactly(w ast.Word, names ...string) (int, bool) {
	for i, n := range names {
		if n == w.Text {
			return i, true
		}
	}
	c.bad(w, "%q is none of %s", w.Text, strings.Join(names, ", "))
	return 0, false
}

func (c *call) connBytes(m *ConnBytes, g *given) bool {
	var ok, isRange bool
	m.Low, m.High, isRange, ok = parseSpan(g.value().Text, math.MaxUint64)
	if !isRange {
		m.High = math.MaxUint64
	}
	if !ok || m.Low > m.High {
		c.bad(g.value(), "%q is not a number or a range of numbers", g.value().Text)
		return false
	}
	if m.Not && m.Low == m.High {
		m.Not = false
		c.warn(diag.OddValue, g.at, fmt.Sprintf("the \"!\" in front of --connbytes %s has no effect", g.value().Text),
			"iptables hands \"not in a range\" to the kernel as a range turned around, which a single number does not change. It is translated as it acts.",
			"Write the rule for exactly this number in front of it.")
	}
	return true
}
