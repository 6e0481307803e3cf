package nft

import "github.com/recentc/recentc/compile"

var mssField = exthdrField("tcp option maxseg size", 2, 2, 2, true, nil)

func (t *translator) tcpmss(m *compile.TCPMSS) form {
	is := compare(mssField, false, spanValue(m.Span))
	tcp := isTCP()
	if m.Not { // holds for packets without the option, too
		return and(all(tcp), noneOf([]stmt{tcp, is}))
	}
	return all(tcp, is)
}
