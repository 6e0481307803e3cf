package ebpf

import (
	"github.com/recentc/recentc/compile"
)

// sideField is the field of a packet's source or destination.
func sideField(s compile.Side) field {
	if s == compile.DestSide {
		return fieldDst
	}
	return fieldSrc
}

func (t *translator) address(a *compile.Address) tests {
	return tests{inNet(sideField(a.Side), a.Net, a.Not)}
}

// inNet tests an address under a mask of any kind.
func inNet(d field, n compile.Net, not bool) same {
	s := same{not: not}
	values := addressWords(n.Addr)
	for i, mask := range addressWords(n.Mask) {
		if mask != 0 {
			s.parts = append(s.parts, part{d.at(i), uint64(mask), uint64(values[i])})
		}
	}
	return s
}
