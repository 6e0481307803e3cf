package nft

import "github.com/recentc/recentc/compile"

func (t *translator) sctp(m *compile.SCTP) form {
	f := t.ports("sctp", protoSCTP, m.Source, m.Dest)
	if len(f) == 0 {
		f = append(f, tests(headerTests[protoSCTP], protoSCTP))
	}
	return all(f...)
}
