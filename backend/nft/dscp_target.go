package nft

import (
	"github.com/recentc/recentc/compile"
	"github.com/recentc/recentc/internal/bytecode"
)

func (t *translator) setDSCP(d *compile.SetDSCP) end {
	return afterwards(t.dscpTo(uint32(d.Value)))
}

func (t *translator) dscpTo(value uint32) stmt {
	return setBits(t.dscpField(), dscpValue(value))
}

func (t *translator) ecnTo(value uint32) stmt {
	return setBits(t.ecnField(), ecnValue(value))
}

// setBits writes a number to its bits of the IP header.
func setBits(f *field, v value) stmt {
	return act(f.name+" set "+v.text, func(c *coder) { c.writeBits(f, &v) })
}

// writeBits reads the bytes around, puts the bits in, and writes them back. The kernel
// needs an even number of bytes from an even place for IPv4's checksum.
func (c *coder) writeBits(f *field, v *value) {
	p := f.from[0]
	base, offset, size := uint32(p.Number(2)), uint32(p.Number(3)), uint32(p.size)
	mask := p.mask
	if mask == nil {
		mask = numberBytes(1<<(8*size)-1, p.size)
	}
	bits := p.interval(v).First
	if size == 1 {
		at := offset % 2
		pair, wide := make([]byte, 2), make([]byte, 2)
		pair[at], wide[at] = bits[0], mask[0]
		bits, mask, offset, size = pair, wide, offset-at, 2
	}
	keep := make([]byte, size)
	for i := range keep {
		keep[i] = ^mask[i]
	}
	c.expr("payload", bytecode.N(1, firstRegister), bytecode.N(2, base), bytecode.N(3, offset), bytecode.N(4, size))
	c.bitwise(firstRegister, keep, bits)
	c.expr("payload", bytecode.N(5, firstRegister), bytecode.N(2, base), bytecode.N(3, offset), bytecode.N(4, size))
}
