package compile

import (
	"fmt"
	"slices"
	"strings"

	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/internal/diag"
)

// number reads an option's value as a number from least to most.
func (c *call) number(w ast.Word, least, most uint64) (uint64, bool) {
	n, ok := parseUint(w.Text, most)
	if !ok || n < least {
		c.bad(w, "%q is not a number from %d to %d", w.Text, least, most)
		return 0, false
	}
	return n, true
}

// cutNumber reads a number of 32 bits of which iptables keeps only some.
func (c *call) cutNumber(w ast.Word, bits int) (uint64, bool) {
	n, ok := c.number(w, 0, 1<<32-1)
	kept := n & (1<<bits - 1)
	if ok && kept != n {
		c.warn(diag.OddValue, w.Range, fmt.Sprintf("%q is the number %d", w.Text, kept),
			fmt.Sprintf("iptables keeps %d bits of it and says nothing. So does the translation.", bits), "Write the number that is meant.")
	}
	return kept, ok
}

// Span is a range of numbers, both ends included.
type Span struct{ Low, High uint32 }

// Single tells whether the span is one number.
func (s Span) Single() bool { return s.Low == s.High }

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

// flagNames reads a comma-separated list of names; each gives a bit. Like strtok it
// takes commas with nothing between them, and no name at all.
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
