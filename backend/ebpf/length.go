package ebpf

import "github.com/recentc/recentc/compile"

func (t *translator) length(m *compile.Length) tests { return spanOf(fieldLength, &m.SpanTest) }
