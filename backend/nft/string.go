package nft

import (
	"fmt"
	"strings"

	"github.com/recentc/recentc/compile"
	"github.com/recentc/recentc/internal/bytecode"
)

// maxPayload is the farthest byte at which a rule can read (NFT_PAYLOAD_OFFSET is
// one byte), maxCompare how many bytes it reads at once.
const (
	maxPayload = 255
	maxCompare = 16
)

// stringTest compares the packet with the text at each place where it may begin.
func (t *translator) stringTest(m *compile.StringTest) form {
	if m.Last+uint32(len(m.Pattern)) > maxPayload {
		t.inexpressible(fmt.Sprintf("a text behind byte %d of the packet", maxPayload), "Look for it nearer to the beginning, or queue the packets to a program that looks into them.")
		return form{}
	}
	if m.AnyCase && strings.ContainsFunc(string(m.Pattern), func(r rune) bool { return r > 0x7f }) {
		t.inexpressible("--icase with letters other than those of ASCII", "Write a rule for each spelling.")
		return form{}
	}
	var alts [][]stmt
	for at := m.From; at <= m.Last; at++ {
		alts = append(alts, textAt(m, at))
	}
	if m.Not {
		return noneOf(alts...)
	}
	return anyOf(alts...)
}

// textAt holds where the text stands at byte at.
func textAt(m *compile.StringTest, at uint32) (out []stmt) {
	for p := m.Pattern; len(p) > 0; {
		n := min(len(p), maxCompare)
		left, want, mask := headerField(fmt.Sprintf("@nh,%d,%d", 8*at, 8*n), bytecode.NetworkHeader, at, n, 0), p[:n], caseMask(p[:n], m.AnyCase)
		if mask == nil {
			out = append(out, compare(left, false, bytesValue([]byte(want))))
		} else {
			want = []byte(strings.ToUpper(string(want)))
			out = append(out, under(left.masked(fmt.Sprintf("0x%x", mask), mask), false, bytesValue([]byte(want))))
		}
		p, at = p[n:], at+uint32(n)
	}
	return out
}

// caseMask leaves out the bit by which small letters and capitals differ; nil where
// there are no letters to leave it out of.
func caseMask(text []byte, anyCase bool) (mask []byte) {
	letters := false
	for _, c := range text {
		if anyCase && isLetter(c) {
			letters = true
			mask = append(mask, 0xdf)
		} else {
			mask = append(mask, 0xff)
		}
	}
	if !letters {
		return nil
	}
	return mask
}
