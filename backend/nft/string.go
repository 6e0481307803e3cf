package nft

import (
	"fmt"
	"strings"

	"github.com/recentc/recentc/compile"
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
		left, want, mask := fmt.Sprintf("@nh,%d,%d", 8*at, 8*n), p[:n], caseMask(p[:n], m.AnyCase)
		if mask == "" {
			out = append(out, test(fmt.Sprintf("%s 0x%x", left, want)))
		} else {
			out = append(out, test(fmt.Sprintf("%s & 0x%s == 0x%x", left, mask, strings.ToUpper(string(want)))))
		}
		p, at = p[n:], at+uint32(n)
	}
	return out
}

// caseMask leaves out the bit by which small letters and capitals differ; "" where
// there are no letters to leave it out of.
func caseMask(text []byte, anyCase bool) string {
	var b strings.Builder
	letters := false
	for _, c := range text {
		if anyCase && isLetter(c) {
			letters = true
			b.WriteString("df")
		} else {
			b.WriteString("ff")
		}
	}
	if !letters {
		return ""
	}
	return b.String()
}
