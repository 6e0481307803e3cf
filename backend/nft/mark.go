package nft

import "github.com/recentc/recentc/compile"

func (t *translator) mark(m *compile.Mark) form { return maskForm(metaMarkField, &m.MaskTest) }
