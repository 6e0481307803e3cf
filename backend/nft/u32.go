package nft

import (
	"fmt"
	"math/bits"

	"github.com/recentc/recentc/compile"
	"github.com/recentc/recentc/internal/bytecode"
)

// u32 reads the packet as raw payload, each unbroken part of a mask by itself:
// nft does not list all masked words in a way that it loads again. Where a word
// is not there as a whole the test fails, and its opposite holds.
func (t *translator) u32(m *compile.U32) form {
	f := always()
	for i := range m.Tests {
		f = and(f, t.u32Test(&m.Tests[i]))
	}
	if m.Not {
		return noneOf(f.alts...)
	}
	return f
}

func (t *translator) u32Test(m *compile.U32Test) (f form) {
	runs := maskRuns(m.Mask)
	for _, v := range m.Values {
		if !v.Single() && len(runs) > 1 {
			t.inexpressible("--u32 with a range of values under a mask with gaps", "Write a test for each part of the mask.")
			return never()
		}
		alt, some := u32Value(m, runs, v)
		if some && (v.Single() && v.Low&^m.Mask == 0 || !v.Single()) {
			f.alts = append(f.alts, append(u32Whole(m), alt...))
		}
	}
	return f
}

// u32Whole asks that the word is there where that is not sure: behind the 20
// bytes that any IP packet has, and where the last byte is not read.
func u32Whole(m *compile.U32Test) []stmt {
	switch {
	case m.Mask&0xff != 0 || m.Offset <= 16 && !m.Behind:
		return nil
	case m.Behind: // any value will do, as long as there is a byte
		return []stmt{atLeast(headerField(fmt.Sprintf("@th,%d,8", m.Offset*8+24), bytecode.TransportHeader, m.Offset+3, 1, 0), 0)}
	}
	return []stmt{atLeast(lengthField, uint64(m.Offset)+4)}
}

// run is an unbroken part of a mask: a number of bits behind the first ones.
type run struct{ from, width uint32 }

func maskRuns(mask uint32) (runs []run) {
	for from := uint32(0); mask != 0; {
		zeros := uint32(bits.LeadingZeros32(mask))
		mask <<= zeros
		ones := uint32(bits.LeadingZeros32(^mask))
		runs = append(runs, run{from + zeros, ones})
		from += zeros + ones
		mask <<= ones
	}
	return runs
}

// u32Value tests all parts of a word; a range is tested in the one part.
func u32Value(m *compile.U32Test, runs []run, v compile.Span) (out []stmt, some bool) {
	header, base := "nh", bytecode.NetworkHeader
	if m.Behind {
		header, base = "th", bytecode.TransportHeader
	}
	if len(runs) == 0 { // the word is 0
		return nil, v.Low == 0
	}
	for _, r := range runs {
		shift, most := 32-r.from-r.width, uint32(1<<r.width-1)
		low, high := v.Low>>shift&most, v.High>>shift&most
		if !v.Single() {
			low, high = uint32((uint64(v.Low)+1<<shift-1)>>shift), min(v.High>>shift, most)
		}
		if low > high {
			return nil, false
		}
		v := rangeValue(uint64(low), uint64(high))
		v.text = hex(low)
		if low != high {
			v.text += "-" + hex(high)
		}
		bit := m.Offset*8 + r.from
		out = append(out, compare(bitField(fmt.Sprintf("@%s,%d,%d", header, bit, r.width), base, bit, r.width, 0), false, v))
	}
	return out, true
}
