package nft

import (
	"fmt"

	"github.com/recentc/recentc/compile"
	"github.com/recentc/recentc/internal/bytecode"
)

func (t *translator) statistic(m *compile.Statistic) form {
	if m.Every > 0 {
		return everyNth(m)
	}
	switch {
	case m.Chance == 0:
		return fixed(m.Not)
	case m.Chance == 1<<31:
		return fixed(!m.Not)
	}
	s := below(randomField, uint64(m.Chance))
	if m.Not {
		s = s.opposite()
	}
	s.class = meter
	return all(s)
}

func everyNth(m *compile.Statistic) form {
	if m.Every == 1 {
		return fixed(!m.Not)
	}
	s := compare(nthField(m.Every), m.Not, numberValue(uint64(m.Packet)))
	s.class = meter
	return all(s)
}

// randomField is a random number of 31 bits. (It has no order of bytes, and nft
// compares it as it is.)
var randomField = metaField("meta random", metaPrandom, 4, false).masked("2147483647", []byte{0x7f, 0xff, 0xff, 0xff})

// nthField counts the packets that come here.
func nthField(every uint32) *field {
	return &field{name: fmt.Sprintf("numgen inc mod %d", every), host: true, from: []part{{bytecode.Expr{Name: "numgen", Attrs: []bytecode.Attr{
		bytecode.N(2, every), bytecode.N(3, 0), bytecode.N(4, 0),
	}}, 1, 4, nil, 0}}}
}
