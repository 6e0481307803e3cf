package lint

import (
	"fmt"
	"strconv"
)

func number[T ~uint32 | ~int](n T) string { return strconv.FormatUint(uint64(n), 10) }

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
