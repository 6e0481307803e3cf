package nft

import (
	"fmt"

	"github.com/recentc/recentc/compile"
)

func (t *translator) setMark(m *compile.SetMark) end {
	return setTo(packetMark, markChange(packetMark, m.Change))
}

// markChange writes what becomes of a mark, "" where it stays as it is. nft has
// no name for all of (mark & KEEP) ^ TOGGLE but "&" and "^" in this order; "|" is
// the same where only bits that were cleared are turned over.
func markChange(mark string, ch compile.Change) string {
	keep, cleared := ^ch.Clear, ch.Toggle&^ch.Clear == 0
	switch {
	case keep == 0:
		return fmt.Sprintf("%#x", ch.Toggle)
	case ch.Clear == 0 && ch.Toggle == 0:
		return ""
	case ch.Clear == 0:
		return fmt.Sprintf("%s ^ %#x", mark, ch.Toggle)
	case ch.Toggle == 0:
		return fmt.Sprintf("%s & %#x", mark, keep)
	case ch.Toggle == ch.Clear:
		return fmt.Sprintf("%s | %#x", mark, ch.Toggle)
	case cleared:
		return fmt.Sprintf("%s & %#x | %#x", mark, keep, ch.Toggle)
	}
	return fmt.Sprintf("%s & %#x ^ %#x", mark, keep, ch.Toggle)
}
