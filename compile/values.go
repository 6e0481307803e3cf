package compile

import (
	"slices"
	"strconv"
	"strings"

	"github.com/recentc/recentc/ast"
)

// parseUint reads a number as iptables does: decimal, 0x hexadecimal or 0 octal.
func parseUint(s string, most uint64) (uint64, bool) {
	s = strings.TrimPrefix(s, "+")
	if s == "" || s[0] < '0' || s[0] > '9' || strings.ContainsRune(s, '_') {
		return 0, false
	}
	if len(s) > 1 && (s[1] == 'b' || s[1] == 'B' || s[1] == 'o' || s[1] == 'O') {
		return 0, false
	}
	n, err := strconv.ParseUint(s, 0, 64)
	return n, err == nil && n <= most
}

// number reads an option's value as a number from least to most.
func (c *call) number(w ast.Word, least, most uint64) (uint64, bool) {
	n, ok := parseUint(w.Text, most)
	if !ok || n < least {
		c.bad(w, "%q is not a number from %d to %d", w.Text, least, most)
		return 0, false
	}
	return n, true
}

// Span is a range of numbers, both ends included.
type Span struct{ Low, High uint32 }

// Single tells whether the span is one number.
func (s Span) Single() bool { return s.Low == s.High }

// span reads "N", "N:M", ":M" or "N:" with the given separator.
func (c *call) span(w ast.Word, sep string, most uint64) (Span, bool) {
	low, high, isRange := strings.Cut(w.Text, sep)
	if !isRange {
		n, ok := c.number(w, 0, most)
		return Span{uint32(n), uint32(n)}, ok
	}
	s := Span{0, uint32(most)}
	lo, okLow := parseUint(low, most)
	hi, okHigh := parseUint(high, most)
	if low != "" {
		s.Low = uint32(lo)
	}
	if high != "" {
		s.High = uint32(hi)
	}
	if (low != "" && !okLow) || (high != "" && !okHigh) || s.Low > s.High {
		c.bad(w, "%q is not a range of numbers up to %d", w.Text, most)
		return s, false
	}
	return s, true
}

// part returns the piece of a word that stands at its byte i, with its range.
func part(w ast.Word, i, n int) ast.Word {
	p := ast.Word{Text: w.Text[i : i+n], Range: w.Range}
	if !w.Quoted && int(w.End.Column-w.Start.Column) == len(w.Text) {
		p.Start.Column += uint32(i)
		p.End = p.Start
		p.End.Column += uint32(n)
	}
	return p
}

// split cuts a word at a separator, each piece with its own range.
func split(w ast.Word, sep byte) []ast.Word {
	out := make([]ast.Word, 0, strings.Count(w.Text, string(sep))+1)
	at := 0
	for i := 0; i <= len(w.Text); i++ {
		if i == len(w.Text) || w.Text[i] == sep {
			out = append(out, part(w, at, i-at))
			at = i + 1
		}
	}
	return out
}

// flagNames reads a comma-separated list of names; each gives a bit.
func (c *call) flagNames(w ast.Word, bits map[string]uint32) (set uint32, ok bool) {
	for _, name := range notEmpty(split(w, ',')) {
		bit, known := bits[strings.ToUpper(name.Text)]
		if !known {
			c.bad(name, "%q is none of %s", name.Text, strings.Join(sortedKeys(bits), ", "))
			return 0, false
		}
		set |= bit
	}
	return set, true
}

// notEmpty leaves out the empty words of a list, where iptables cuts it up with strtok.
func notEmpty(list []ast.Word) []ast.Word {
	return slices.DeleteFunc(list, func(w ast.Word) bool { return w.Text == "" })
}
