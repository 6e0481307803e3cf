package compile

import (
	"strings"

	"github.com/recentc/recentc/ast"
)

// SetMSS lowers the maximum segment size that a TCP SYN packet announces. The
// packet goes on.
type SetMSS struct {
	// Clamp takes the size from the path's MTU; otherwise it is Size.
	Clamp bool
	Size  uint16
}

// Extension implements Target.
func (*SetMSS) Extension() string { return "TCPMSS" }

// Ends implements Target.
func (*SetMSS) Ends() bool { return false }

// maxMSS is what fits into a packet with the headers of IPv4 or IPv6.
var maxMSS = map[ast.Family]uint64{ast.IPv4: 65515, ast.IPv6: 65495}

func (m *SetMSS) hooks() []Hook {
	if m.Clamp {
		return []Hook{Forward, Output, Postrouting}
	}
	return []Hook{Prerouting, Input, Forward, Output, Postrouting}
}

var tcpmssTarget = &extension{
	name:      "TCPMSS",
	protocols: []uint8{protoTCP},
	options:   []option{{name: "set-mss", args: 1}, {name: "clamp-mss-to-pmtu"}},
	target: func(c *call) Target {
		if len(c.given) == 0 {
			c.missing("--set-mss SIZE or --clamp-mss-to-pmtu")
			return nil
		}
		g := &c.given[len(c.given)-1] // iptables lets the last one win
		m := &SetMSS{Clamp: g.name != "set-mss"}
		if !c.mssSize(m, g) || !c.atHooks(m.hooks()) || !c.onlySYN() {
			return nil
		}
		return m
	},
}

func (c *call) mssSize(m *SetMSS, g *given) bool {
	if m.Clamp {
		return true
	}
	n, ok := c.number(g.value(), 0, maxMSS[c.family])
	m.Size = uint16(n)
	return ok
}

// onlySYN holds that a tcp match of the rule wants the SYN flag.
func (c *call) onlySYN() bool {
	for _, m := range c.calls {
		for i := range m.given {
			if m.ext.name == "tcp" && wantsSYN(&m.given[i]) {
				return true
			}
		}
	}
	c.missing("--tcp-flags SYN,RST SYN, or --syn")
	return false
}

func wantsSYN(g *given) bool {
	if g.name != "tcp-flags" {
		return g.name == "syn" && !g.not
	}
	for _, flag := range strings.Split(strings.ToUpper(g.values[1].Text), ",") {
		if !g.not && (flag == "SYN" || flag == "ALL") {
			return true
		}
	}
	return false
}
