package nft

import (
	"strconv"

	"github.com/recentc/recentc/compile"
)

func (t *translator) netmap(m *compile.NetMap) end {
	dest, source := t.natSides(t.chain)
	what := "dnat"
	switch {
	case dest && source:
		t.inexpressible("-j NETMAP in a chain that is called for destinations and for sources", "Use a chain of its own for PREROUTING and OUTPUT.")
	case source:
		what = "snat"
	}
	bits, _ := m.To.Prefix()
	to := netValue(m.To.Addr, bits)
	change := decide(what+" prefix to "+m.To.Addr.String()+"/"+strconv.Itoa(bits), func(c *coder) {
		p := part{size: m.To.Addr.BitLen() / 8}
		i := p.interval(&to)
		c.natExpr(what, t.ipv6(), natMapIPs|natNetmap, c.span([2]uint16{3, 4}, firstRegister, i.First, i.Last))
	})
	at := compile.DestSide
	if source {
		at = compile.SourceSide
	}
	about := what + " prefix to " + to.text + ", but for what has an address there already: iptables leaves that alone"
	own := t.sharedChain("netmap", about, []stmt{netStmt(t.addrField(at), m.To, false), accepts}, []stmt{change})
	return end{stmts: []stmt{jumpTo(own.name)}, ends: true}
}

// natSides tells from which kinds of hook a chain is reached: those where
// destinations are changed, and those where sources are.
func (t *translator) natSides(want *compile.Chain) (dest, source bool) {
	for _, c := range t.prog.Chains {
		if c.Hook == compile.NoHook || !t.reaches(c, want, map[*compile.Chain]bool{}) {
			continue
		}
		if c.Hook == compile.Prerouting || c.Hook == compile.Output {
			dest = true
		} else {
			source = true
		}
	}
	return dest, source
}

// reaches tells whether a packet can come from one chain to the other.
func (t *translator) reaches(from, to *compile.Chain, seen map[*compile.Chain]bool) bool {
	if from == to || from == nil || seen[from] {
		return from == to
	}
	seen[from] = true
	for _, r := range from.Rules {
		if j, ok := r.Target.(*compile.Jump); ok && t.reaches(t.byName[[2]string{from.Table, j.Chain}], to, seen) {
			return true
		}
	}
	return false
}
