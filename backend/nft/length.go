package nft

import "github.com/recentc/recentc/compile"

func (t *translator) length(m *compile.Length) form { return spanForm("meta length", &m.SpanTest) }
