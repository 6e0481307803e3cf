package nft

import (
	"fmt"

	"github.com/recentc/recentc/compile"
	"github.com/recentc/recentc/internal/bytecode"
)

// connlabel sets a label beside those that the connection has. A packet without a
// connection has no label then either, and matches the negation.
func (t *translator) connlabel(m *compile.ConnLabel) form {
	f, has := always(), hasLabel(m.Label)
	if m.Set {
		f = all(setLabel(m.Label))
	}
	if m.Not {
		f.unless = [][]stmt{{has}}
		return f
	}
	return and(f, all(has))
}

// labelBit is a label as the kernel keeps it: 128 bits in words of the host's.
func labelBit(label uint32) []byte {
	b := make([]byte, 16)
	copy(b[label/64*8:], hostBytes(1<<(label%64), 8))
	return b
}

func hasLabel(label uint8) stmt {
	bit := labelBit(uint32(label))
	f := ctField("ct label", ctKeyLabels, 16, nil, false)
	f.from[0].mask = bit
	return test(fmt.Sprintf("ct label %d", label), func(c *coder) {
		c.load(f)
		c.cmp(bytecode.Ne, make([]byte, 16))
	})
}

func setLabel(label uint8) stmt {
	return act(fmt.Sprintf("ct label set %d", label), func(c *coder) {
		c.immediate(firstRegister, labelBit(uint32(label)))
		c.expr("ct", bytecode.N(2, ctKeyLabels), bytecode.N(4, firstRegister))
	})
}
