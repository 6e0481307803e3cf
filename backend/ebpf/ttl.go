package ebpf

import "github.com/recentc/recentc/compile"

func (t *translator) ttl(m *compile.TTL) tests { return spanOf(fieldTTL, &m.SpanTest) }
