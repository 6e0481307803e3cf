package diag

import "strings"

// LongDash gives the remedy for a word that begins with a long dash where a hyphen
// is meant, and "" for any other word.
func LongDash(word string) string {
	if strings.HasPrefix(word, "\u2013") || strings.HasPrefix(word, "\u2014") {
		return "This begins with a long dash, as word processors and web pages make of hyphens: write - or --."
	}
	return ""
}
