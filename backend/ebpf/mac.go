package ebpf

import (
	"encoding/binary"

	"github.com/recentc/recentc/compile"
)

// mac holds for no packet without an Ethernet header.
func (t *translator) mac(m *compile.MAC) tests {
	if t.at.lacks(needMAC) {
		t.lacking("a source address of Ethernet but its own", "-m mac")
		return nil
	}
	var all tests
	for i := range 3 {
		all = append(all, equal(fieldMAC.at(i), uint32(binary.LittleEndian.Uint16(m.Addr[2*i:])), false))
	}
	return tests{equal(fieldHasMAC, 0, true), either{[]tests{all}, m.Not}}
}
