package ebpf

import (
	"encoding/binary"

	"github.com/recentc/recentc/compile"
)

// iface compares the name of a device, which is empty where the hook knows none.
func (t *translator) iface(i *compile.Interface) tests {
	d := fieldIn
	if i.Out {
		d = fieldOut
	}
	if t.at.lacks(d.needs) {
		t.lacking("the name of a device", "-i or -o")
		return nil
	}
	var name, mask [16]byte
	n := copy(name[:], i.Name)
	if !i.Wildcard {
		n++ // the zero behind it counts
	}
	for j := range n {
		mask[j] = 255
	}
	s := same{not: i.Not}
	for j := range 2 {
		if m := binary.LittleEndian.Uint64(mask[8*j:]); m != 0 {
			s.parts = append(s.parts, part{d.at(j), m, binary.LittleEndian.Uint64(name[8*j:])})
		}
	}
	return tests{s}
}
