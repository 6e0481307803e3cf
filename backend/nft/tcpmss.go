package nft

import "github.com/recentc/recentc/compile"

func (t *translator) tcpmss(m *compile.TCPMSS) form {
	is := tests("tcp option maxseg size "+spanText(m.Span), protoTCP)
	if m.Not { // holds for packets without the option, too
		return noneOf([]stmt{is})
	}
	return all(is)
}
