package compile

import (
	"math"
	"strings"
)

// cNumber is what the C library's strtoul finds at the beginning of a text.
type cNumber struct {
	value uint64
	// rest is the text behind the number; all of it where there is none.
	rest string
	// found tells whether there are digits, minus whether a "-" is in front of
	// them, over whether the number has more than 64 bits.
	found, minus, over bool
}

// wrapped is what a program gets that looks at nothing but the value.
func (n cNumber) wrapped() uint64 {
	switch {
	case n.over:
		return math.MaxUint64
	case n.minus:
		return -n.value
	}
	return n.value
}

// cBlanks are what isspace takes for a blank.
const cBlanks = " \t\n\v\f\r"

// scanNumber reads a number as strtoul does: blanks, a sign, and in base 0 or 16
// a "0x" may be in front of the digits.
func scanNumber(s string, base uint64) (n cNumber) {
	n.rest = s
	s = strings.TrimLeft(s, cBlanks)
	if s != "" && (s[0] == '+' || s[0] == '-') {
		n.minus = s[0] == '-'
		s = s[1:]
	}
	base, s = numberBase(s, base)
	i := 0
	for ; i < len(s); i++ {
		d := digit(s[i])
		if d >= base {
			break
		}
		n.over = n.over || n.value > 1<<58 && n.value > (math.MaxUint64-d)/base // a division only where it can be
		n.value = n.value*base + d
	}
	if n.found = i > 0; n.found {
		n.rest = s[i:]
	}
	return n
}

func numberBase(s string, base uint64) (uint64, string) {
	hex := len(s) > 2 && s[0] == '0' && s[1]|0x20 == 'x' && digit(s[2]) < 16
	switch {
	case hex && (base == 0 || base == 16):
		return 16, s[2:]
	case base != 0:
		return base, s
	case s != "" && s[0] == '0':
		return 8, s
	}
	return 10, s
}

func digit(b byte) uint64 {
	switch {
	case b >= '0' && b <= '9':
		return uint64(b - '0')
	case b|0x20 >= 'a' && b|0x20 <= 'z':
		return uint64(b|0x20-'a') + 10
	}
	return math.MaxUint64
}

// leadingUint reads a number from 0 to most at the beginning of a text, as
// xtables_strtoul does: decimal, 0x hexadecimal or 0 octal, and never with a "-".
func leadingUint(s string, most uint64) (n uint64, rest string, ok bool) {
	c := scanNumber(s, 0)
	return c.value, c.rest, c.found && !c.minus && !c.over && c.value <= most
}

// parseUint reads a number with nothing behind it.
func parseUint(s string, most uint64) (uint64, bool) {
	n, rest, ok := leadingUint(s, most)
	return n, ok && rest == ""
}

// parseSpan reads "N", "N:M", ":M", "N:" or nothing at all, which is 0, as
// xtopt_parse_mint does. It does not ask which end is the larger one.
func parseSpan(s string, most uint64) (low, high uint64, isRange, ok bool) {
	first, second, isRange := strings.Cut(s, ":")
	low, ok = parseUintOr(first, 0, most)
	if !isRange {
		return low, low, false, ok
	}
	high, okHigh := parseUintOr(second, most, most)
	return low, high, true, ok && okHigh
}

func parseUintOr(s string, without, most uint64) (uint64, bool) {
	if s == "" {
		return without, true
	}
	return parseUint(s, most)
}

// lookedUpPort reads the number of a port as getaddrinfo does: decimal, and of a
// number that is too large it keeps 16 bits. ok is false for what may be a name.
func lookedUpPort(s string) (port uint16, cut, ok bool) {
	c := scanNumber(s, 10)
	if !c.found {
		return 0, false, s == ""
	}
	n := c.wrapped()
	return uint16(n), n > math.MaxUint16, c.rest == "" && n&(1<<31) == 0
}
