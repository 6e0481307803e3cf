package kernel

import (
	"slices"

	"github.com/recentc/recentc/internal/bytecode"
	"golang.org/x/sys/unix"
)

func (r *reader) sets(t *Table) error {
	var anonymous []*bytecode.Set
	err := r.dump(unix.NFT_MSG_GETSET, unix.NFTA_SET_TABLE, attr(unix.NFTA_SET_TABLE, r.name), func(list []bytecode.Attr) error {
		e := bytecode.Expr{Attrs: list}
		s := &bytecode.Set{Name: textOf(list, unix.NFTA_SET_NAME), KeyLen: int(e.Number(unix.NFTA_SET_KEY_LEN))}
		flags := e.Number(unix.NFTA_SET_FLAGS)
		s.Anonymous = flags&unix.NFT_SET_ANONYMOUS != 0
		t.sets[s.Name] = s
		if s.Anonymous {
			anonymous = append(anonymous, s)
		}
		return nil
	})
	for _, s := range anonymous {
		if err != nil {
			break
		}
		err = r.elements(s)
	}
	return err
}

// Attributes of elements that libraries lack.
const (
	elementKey, elementData, elementFlags, elementKeyEnd = 1, 2, 3, 10
	elementIsEnd                                         = 1
)

// elements reads the elements of a set. Where it has ranges of one field, the kernel
// lists their beginnings, and behind each the first key that is outside.
func (r *reader) elements(s *bytecode.Set) error {
	question := append(attr(unix.NFTA_SET_ELEM_LIST_TABLE, r.name), attr(unix.NFTA_SET_ELEM_LIST_SET, s.Name)...)
	var ends [][]byte
	err := r.dump(unix.NFT_MSG_GETSETELEM, unix.NFTA_SET_ELEM_LIST_TABLE, question, func(list []bytecode.Attr) error {
		all := bytecode.Expr{Attrs: list}
		elements, err := bytecode.ParseAttrs(all.Attr(unix.NFTA_SET_ELEM_LIST_ELEMENTS))
		for _, one := range elements {
			end, problem := addElement(s, one.Data)
			if problem != nil {
				return problem
			}
			if end != nil {
				ends = append(ends, end)
			}
		}
		return err
	})
	close(s, ends)
	return err
}

// addElement adds an element to the set, or gives it back as the end of a range.
func addElement(s *bytecode.Set, b []byte) (end []byte, err error) {
	list, err := bytecode.ParseAttrs(b)
	e := bytecode.Expr{Attrs: list}
	key, ok := bytecode.DataOf(e.Attr(elementKey))
	if err != nil || !ok {
		return nil, err
	}
	if e.Number(elementFlags)&elementIsEnd != 0 {
		return key, nil
	}
	i := bytecode.Interval{First: key, Last: key}
	if last, ok := bytecode.DataOf(e.Attr(elementKeyEnd)); ok {
		i.Last, s.Fields = last, true
	}
	if value, ok := bytecode.DataOf(e.Attr(elementData)); ok {
		i.Data = value
	}
	s.Elements = append(s.Elements, i)
	return nil, nil
}

// close gives each range its end, where the set has ranges. The last may be open.
func close(s *bytecode.Set, ends [][]byte) {
	if len(ends) == 0 {
		return
	}
	slices.SortFunc(ends, slices.Compare)
	for i := range s.Elements {
		e := &s.Elements[i]
		at, _ := slices.BinarySearchFunc(ends, e.First, func(end, first []byte) int {
			if slices.Compare(end, first) <= 0 {
				return -1
			}
			return 1
		})
		e.Last = lastBefore(ends, at, len(e.First))
	}
}

// lastBefore is the key in front of an end, or the last key of all.
func lastBefore(ends [][]byte, at, size int) []byte {
	if at == len(ends) {
		return slices.Repeat([]byte{0xff}, size)
	}
	key := slices.Clone(ends[at])
	for i := len(key) - 1; i >= 0; i-- {
		if key[i]--; key[i] != 0xff {
			break
		}
	}
	return key
}

// attr writes an attribute with a text.
func attr(kind uint16, s string) []byte {
	return bytecode.Marshal(bytecode.Text(kind, s))
}
