package ebpf

import "github.com/recentc/recentc/compile"

func (t *translator) icmp6(m *compile.ICMP6) tests { return icmpType(m.ICMPType) }
