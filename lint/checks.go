package lint

import (
	"strings"

	"github.com/recentc/recentc/internal/diag"
)

// since is the version that all checks of the first release have in common.
const since = "0.1.0"

// Checks lists every check, in the order of the codes. A new one is a file and a
// line here.
func Checks() []Check {
	return []Check{
		listNotWritten, listNotRead, listTwoUses, maskIgnored, maskOdd, listBothFamilies, nameCut,
		recentTooEarly, countsEveryPacket, dropsEstablished, bypassed, neverMatches, unreachableChain, emptyChain,
		banWithoutEnd, countsTwice, limitOnlyWhileOpen, offByOne, alwaysTrueAfterSet, hitcountKernel, hitcountForever,
		secondsWrap, hitcountMemory, removeResets, removedBefore,
		listTooSmall, spoofableBan, rttlIdle, rttlEscape, rttlByHand, reapTooEarly, reapOne, notSet, notUpdate,
		knockScan, knockCascade, oldNames,
		ignoreWithoutReason, ignoreUnused, notFollowed,
	}
}

// Lookup finds a check by its code. Lower case is accepted.
func Lookup(code string) (Check, bool) {
	for _, c := range Checks() {
		if strings.EqualFold(string(c.Code), code) {
			return c, true
		}
	}
	return Check{}, false
}

// The examples are whole inputs: a table with these rules.
func filter(rules string) string { return "*filter\n" + rules + "COMMIT\n" }

// explain puts a check's documentation together.
func explain(code diag.Code, title, why, before, after string) diag.Explanation {
	return diag.Explanation{Code: code, Title: title, Why: why, Before: before, After: after}
}
