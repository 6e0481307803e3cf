package nft

import "github.com/recentc/recentc/compile"

var lengthField = metaField("meta length", metaLen, 4, true)

func (t *translator) length(m *compile.Length) form { return spanForm(lengthField, &m.SpanTest) }
