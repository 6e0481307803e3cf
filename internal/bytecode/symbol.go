package bytecode

import (
	"fmt"
	"strings"
)

// symbol is what is known of one byte of a register: a byte of something that was
// loaded, under a mask and turned over by xor; or, without a source, a constant, which
// is xor.
type symbol struct {
	from      string
	index     int
	mask, xor byte
}

func constant(b byte) symbol { return symbol{xor: b} }

// and is the symbol after a bitwise expression with this byte of mask and of xor.
func (s symbol) and(mask, xor byte) symbol {
	s.mask &= mask
	s.xor = s.xor&mask ^ xor
	if s.mask == 0 {
		return constant(s.xor)
	}
	return s
}

func (s symbol) String() string {
	if s.from == "" {
		return fmt.Sprintf("%02x", s.xor)
	}
	text := fmt.Sprintf("%s[%d]", s.from, s.index)
	if s.mask != 0xff {
		text += fmt.Sprintf("&%02x", s.mask)
	}
	if s.xor != 0 {
		text += fmt.Sprintf("^%02x", s.xor)
	}
	return text
}

// equals splits "s is v" into the bits of the source and their value. It is possible
// only if v has no other bits.
func (s symbol) equals(v byte) (value byte, possible bool) {
	value = v ^ s.xor
	return value, value&^s.mask == 0
}

func symbolsText(list []symbol) string {
	text := make([]string, len(list))
	for i, s := range list {
		text[i] = s.String()
	}
	return strings.Join(text, " ")
}

// loaded are the bytes that a load gives.
func loaded(from string, start, n int) []symbol {
	out := make([]symbol, n)
	for i := range out {
		out[i] = symbol{from: from, index: start + i, mask: 0xff}
	}
	return out
}
