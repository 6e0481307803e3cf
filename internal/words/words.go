// Package words writes numbers with what they count, as messages and reports say them.
package words

import "strconv"

// Count is a number with a noun in its number: "1 rule", "2 rules", "3 matches".
func Count[T ~int | ~uint32](n T, noun string) string {
	s := strconv.FormatInt(int64(n), 10) + " " + noun
	switch {
	case n == 1:
		return s
	case len(noun) > 2 && noun[len(noun)-2:] == "ch":
		return s + "es"
	}
	return s + "s"
}

// Ordinal is a number's place in a row: 1st, 2nd, 3rd, 4th.
func Ordinal[T ~int | ~uint32](n T) string {
	end := "th"
	if n%100 < 11 || n%100 > 13 {
		switch n % 10 {
		case 1:
			end = "st"
		case 2:
			end = "nd"
		case 3:
			end = "rd"
		}
	}
	return strconv.FormatInt(int64(n), 10) + end
}
