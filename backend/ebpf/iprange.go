package ebpf

import (
	"encoding/binary"
	"net/netip"

	"github.com/cilium/ebpf/asm"
	"github.com/recentc/recentc/compile"
)

func (t *translator) iprange(m *compile.IPRange) (ts tests) {
	for _, side := range []struct {
		r *compile.AddrRange
		d field
	}{{m.Source, fieldSrc}, {m.Dest, fieldDst}} {
		if side.r != nil {
			inside := tests{bound{side.d, side.r.Low, asm.JGT, asm.JLT}, bound{side.d, side.r.High, asm.JLT, asm.JGT}}
			ts = append(ts, either{[]tests{inside}, side.r.Not})
		}
	}
	return ts
}

// bound compares an address, word by word, with the end of a range.
type bound struct {
	field field
	end   netip.Addr
	// inside is how a word lies inside whatever follows, outside the contrary.
	inside, outside asm.JumpOp
}

func (b bound) write(f *function, no label) {
	yes := f.label()
	raw := b.end.AsSlice()
	for i := 0; i*4 < len(raw); i++ {
		word := binary.BigEndian.Uint32(raw[4*i:])
		f.load(scratch, b.field.at(i))
		f.add(asm.HostTo(asm.BE, scratch, asm.Word))
		f.when32(b.outside, scratch, word, no)
		if (i+1)*4 < len(raw) {
			f.when32(b.inside, scratch, word, yes)
		}
	}
	f.here(yes)
}
