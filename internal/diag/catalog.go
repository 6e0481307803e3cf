package diag

import "strings"

// Code names a kind of diagnostic. Codes never change their meaning.
type Code string

// Explanation is the documentation of a code: what `recentc explain CODE` and
// docs/diagnostics.md show.
type Explanation struct {
	Code  Code
	Title string
	// Why tells what a packet, or the person on duty, would notice.
	Why string
	// Before is an input that gives the code, After the same put right.
	// After is empty where nothing in the file itself can be put right.
	Before, After string
}

// Catalog returns the documentation of every code, in the order of the codes.
func Catalog() []Explanation {
	var all []Explanation
	for _, part := range [][]Explanation{inputCodes, optionCodes, recentCodes, backendCodes, ebpfCodes, ipsetCodes} {
		all = append(all, part...)
	}
	return all
}

// Lookup finds the documentation of a code. Lower case is accepted.
func Lookup(code string) (Explanation, bool) {
	for _, e := range Catalog() {
		if strings.EqualFold(string(e.Code), code) {
			return e, true
		}
	}
	return Explanation{}, false
}
