package nft

import "github.com/recentc/recentc/compile"

func (t *translator) iprange(m *compile.IPRange) form {
	return and(t.addrRange(" saddr", m.Source), t.addrRange(" daddr", m.Dest))
}

func (t *translator) addrRange(side string, r *compile.AddrRange) form {
	switch {
	case r == nil:
		return always()
	case r.High.Less(r.Low):
		return fixed(r.Not)
	case r.Low == r.High:
		return t.all(compare(t.ip()+side, r.Not, r.Low.String()))
	}
	return t.all(compare(t.ip()+side, r.Not, r.Low.String()+"-"+r.High.String()))
}
