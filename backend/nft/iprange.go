package nft

import "github.com/recentc/recentc/compile"

func (t *translator) iprange(m *compile.IPRange) form {
	return and(t.addrRange(compile.SourceSide, m.Source), t.addrRange(compile.DestSide, m.Dest))
}

func (t *translator) addrRange(side compile.Side, r *compile.AddrRange) form {
	switch {
	case r == nil:
		return always()
	case r.High.Less(r.Low):
		return fixed(r.Not)
	case r.Low == r.High:
		return t.all(compare(t.addrField(side), r.Not, addrValue(r.Low)))
	}
	return t.all(compare(t.addrField(side), r.Not, addrSpanValue(r.Low.String()+"-"+r.High.String(), r.Low, r.High)))
}
