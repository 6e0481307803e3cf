package nft

import "github.com/recentc/recentc/compile"

func (t *translator) sctp(m *compile.SCTP) form {
	return t.ports("sctp", protoSCTP, m.Source, m.Dest)
}
