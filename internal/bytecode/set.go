package bytecode

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Set is what a rule's meaning depends on of a set.
type Set struct {
	Name string
	// KeyLen is the length of a key in bytes.
	KeyLen int
	// Anonymous is one that a rule's text lists; then Elements are in the rule's facts.
	Anonymous bool
	Elements  []Interval
	// Fields says that the elements are ranges in each of several fields, which
	// cannot be joined.
	Fields bool
}

// Interval is a range of keys, both ends included. A single key has both the same. Data
// is what a map has for it.
type Interval struct{ First, Last, Data []byte }

// id is what a set is known by: its name, or its elements.
func (s *Set) id() string {
	if !s.Anonymous {
		return "@" + s.Name
	}
	var out []string
	list := Normal(s.Elements)
	if s.Fields {
		list = sorted(s.Elements)
	}
	for _, i := range list {
		text := fmt.Sprintf("%x", i.First)
		if !bytes.Equal(i.First, i.Last) {
			text += fmt.Sprintf("-%x", i.Last)
		}
		if i.Data != nil {
			text += fmt.Sprintf(":%x", i.Data)
		}
		out = append(out, text)
	}
	return "{" + strings.Join(out, " ") + "}"
}

// Normal sorts intervals and joins those that overlap or touch. Those of a map stay apart.
func Normal(list []Interval) (out []Interval) {
	for _, i := range sorted(list) {
		if n := len(out); n > 0 && i.Data == nil && bytes.Compare(i.First, after(out[n-1].Last)) <= 0 {
			if bytes.Compare(i.Last, out[n-1].Last) > 0 {
				out[n-1].Last = i.Last
			}
			continue
		}
		out = append(out, i)
	}
	return out
}

func sorted(list []Interval) []Interval {
	list = slices.Clone(list)
	slices.SortFunc(list, func(a, b Interval) int {
		return cmp.Or(bytes.Compare(a.First, b.First), bytes.Compare(a.Last, b.Last))
	})
	return list
}

// after is the key behind a key. The last key has none and is its own.
func after(key []byte) []byte {
	next := slices.Clone(key)
	for i := len(next) - 1; i >= 0; i-- {
		if next[i]++; next[i] != 0 {
			return next
		}
	}
	return key
}
