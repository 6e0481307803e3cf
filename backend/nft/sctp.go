package nft

import "github.com/recentc/recentc/compile"

func (t *translator) sctp(m *compile.SCTP) form {
	return t.ports(protoSCTP, m.Source, m.Dest)
}
