package ebpf

import "github.com/recentc/recentc/compile"

// The flags of TCP that -m ecn looks at.
const (
	flagECE = 0x40
	flagCWR = 0x80
)

// ecn looks at the IP header, and at TCP's flags if they are asked for.
func (t *translator) ecn(m *compile.ECN) (ts tests) {
	if m.IP != nil {
		ts = append(ts, compare{fieldTOS, 3, uint32(m.IP.Value), m.IP.Not})
	}
	if m.Echo != nil || m.Reduced != nil {
		ts = append(ts, header{bytes: 20})
	}
	if m.Echo != nil {
		ts = append(ts, compare{fieldFlags, flagECE, flagECE, m.Echo.Not})
	}
	if m.Reduced != nil {
		ts = append(ts, compare{fieldFlags, flagCWR, flagCWR, m.Reduced.Not})
	}
	return ts
}
