package nft

import "github.com/recentc/recentc/compile"

const protoUDP = 17

// udp tests the source port of any value where there is nothing else to test:
// unlike a test of the protocol, that fails for the later fragments of a packet,
// which -m udp does not match either.
func (t *translator) udp(m *compile.UDP) form {
	f := t.ports("udp", protoUDP, m.Source, m.Dest)
	if len(f) == 0 {
		f = append(f, tests(headerTests[protoUDP], protoUDP))
	}
	return all(f...)
}
