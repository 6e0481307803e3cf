package lint

import (
	"fmt"
	"strconv"
)

func number[T ~uint32 | ~int](n T) string { return strconv.FormatUint(uint64(n), 10) }

// ordinal writes 1st, 2nd, 3rd, 4th.
func ordinal(n uint32) string {
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
	return number(n) + end
}

// plural writes a number with a word in its number.
func plural[T ~uint32 | ~int](n T, word string) string {
	if n == 1 {
		return "1 " + word
	}
	return number(n) + " " + word + "s"
}

// getting says how many get somewhere.
func getting(n uint32) string {
	switch n {
	case 0:
		return "nothing gets"
	case 1:
		return "1 gets"
	}
	return number(n) + " get"
}

// within says how far back a check looks.
func within(seconds uint32) string {
	if seconds == 0 {
		return "ever"
	}
	return "in " + length(seconds)
}

// length writes a window's length.
func length(seconds uint32) string { return fmt.Sprintf("%d s", seconds) }
