package compile

import (
	"fmt"
	"net/netip"
	"strings"

	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/internal/diag"
)

// AddrRange is all addresses from Low to High. None is in it if High is less.
type AddrRange struct {
	Low, High netip.Addr
	Not       bool
}

// IPRange tests the packet's addresses. A nil field is not tested.
type IPRange struct{ Source, Dest *AddrRange }

// Extension implements Step.
func (*IPRange) Extension() string { return "iprange" }

// Kind implements Step.
func (*IPRange) Kind() Kind { return Condition }

var iprangeMatch = &extension{
	name:    "iprange",
	options: []option{{name: "src-range", args: 1, not: true}, {name: "dst-range", args: 1, not: true}},
	match: func(c *call) Step {
		m := &IPRange{}
		if len(c.given) == 0 {
			c.missing("--src-range or --dst-range")
			return nil
		}
		ok := c.each(func(g *given) (ok bool) {
			r, ok := c.addrRange(g)
			if g.name == "src-range" {
				m.Source = r
			} else {
				m.Dest = r
			}
			return ok
		})
		return stepIf(m, ok)
	},
}

func (c *call) addrRange(g *given) (*AddrRange, bool) {
	w := g.value()
	i := strings.IndexByte(w.Text, '-')
	if i < 0 {
		a, ok := c.address(w)
		return &AddrRange{a, a, g.not}, ok
	}
	low, ok1 := c.address(part(w, 0, i))
	high, ok2 := c.address(part(w, i+1, len(w.Text)-i-1))
	if !ok1 || !ok2 {
		return nil, false
	}
	r := &AddrRange{low, high, g.not}
	c.checkRange(w, r)
	return r, true
}

func (c *call) checkRange(w ast.Word, r *AddrRange) {
	if r.High.Less(r.Low) {
		c.warn(diag.NeverMatches, w.Range, fmt.Sprintf("the range %s ends before it begins", w.Text),
			"iptables takes it, and no address lies in it.", "Turn it around if the rule should do something.")
	}
}
