package bytecode

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// load and compare are the expressions that tests are made of, as nft writes them.
func load(offset, size uint32) Expr {
	return Expr{"payload", []Attr{N(1, 1), N(2, TransportHeader), N(3, offset), N(4, size)}}
}

func compareTo(op uint32, value ...byte) Expr {
	return Expr{"cmp", []Attr{N(1, 1), N(2, op), Value(3, value)}}
}

func mask(size uint32, mask, xor []byte) Expr {
	return Expr{"bitwise", []Attr{N(1, 1), N(2, 1), N(3, size), Value(4, mask), Value(5, xor)}}
}

func limit(burst uint32) Expr {
	return Expr{"limit", []Attr{N64(1, 1), N64(2, 3600), N(3, burst), N(4, 0), N(5, 0)}}
}

var (
	counter = Expr{"counter", []Attr{N64(1, 77), N64(2, 1)}}
	drop    = Expr{"immediate", []Attr{N(1, 0), Nested(2, Nested(2, N(1, 0)))}}
)

// TestFacts holds that rules that do the same have the same facts, however they are
// written, and that others do not.
func TestFacts(t *testing.T) {
	for _, c := range []struct {
		name string
		a, b []Expr
		same bool
	}{
		{"two tests of equality joined", []Expr{load(0, 2), compareTo(Eq, 0, 53), load(2, 2), compareTo(Eq, 0, 80), drop},
			[]Expr{load(0, 4), compareTo(Eq, 0, 53, 0, 80), drop}, true},
		{"two tests of inequality joined", []Expr{load(0, 2), compareTo(Ne, 0, 53), load(2, 2), compareTo(Ne, 0, 80), drop},
			[]Expr{load(0, 4), compareTo(Ne, 0, 53, 0, 80), drop}, false},
		{"a test moved in front of a limit", []Expr{load(0, 2), compareTo(Eq, 0, 53), limit(5), load(2, 2), compareTo(Eq, 0, 80), drop},
			[]Expr{load(0, 4), compareTo(Eq, 0, 53, 0, 80), limit(5), drop}, false},
		{"the order of tests", []Expr{load(0, 2), compareTo(Eq, 0, 53), load(2, 2), compareTo(Eq, 0, 80), drop},
			[]Expr{load(2, 2), compareTo(Eq, 0, 80), load(0, 2), compareTo(Eq, 0, 53), drop}, true},
		{"a test twice", []Expr{load(0, 2), compareTo(Eq, 0, 53), load(0, 2), compareTo(Eq, 0, 53), drop}, []Expr{load(0, 2), compareTo(Eq, 0, 53), drop}, true},
		{"a range of one value", []Expr{load(0, 2), compareTo(Ge, 0, 53), compareTo(Le, 0, 53), drop}, []Expr{load(0, 2), compareTo(Eq, 0, 53), drop}, true},
		{"a range of two values", []Expr{load(0, 2), compareTo(Ge, 0, 53), compareTo(Le, 0, 54), drop}, []Expr{load(0, 2), compareTo(Eq, 0, 53), drop}, false},
		{"a prefix by its bytes, or under a mask", []Expr{load(0, 1), compareTo(Eq, 10), drop},
			[]Expr{load(0, 2), mask(2, []byte{0xff, 0}, []byte{0, 0}), compareTo(Eq, 10, 0), drop}, false}, // the second byte must be there
		{"what has no value under the mask", []Expr{load(0, 1), mask(1, []byte{0xf0}, []byte{0}), compareTo(Eq, 3), drop},
			[]Expr{load(0, 1), mask(1, []byte{0xf0}, []byte{0}), compareTo(Eq, 5), drop}, true},
		{"another mask", []Expr{load(0, 1), mask(1, []byte{0xf0}, []byte{0}), compareTo(Eq, 0), drop}, []Expr{load(0, 1), compareTo(Eq, 0), drop}, false},
		{"a counter's numbers", []Expr{counter, drop}, []Expr{{"counter", nil}, drop}, true},
		{"no counter", []Expr{counter, drop}, []Expr{drop}, false},
		{"another burst", []Expr{limit(5), drop}, []Expr{limit(6), drop}, false},
		{"what nobody knows", []Expr{{"future", []Attr{N(9, 1)}}, drop}, []Expr{{"future", []Attr{N(9, 2)}}, drop}, false},
	} {
		none := Table{Sets: func(string) *Set { return nil }}
		a, b := Facts(c.a, none), Facts(c.b, none)
		if diff := cmp.Diff(a, b); (diff == "") != c.same {
			t.Errorf("%s: the same should be %v:\n%v\n%v", c.name, c.same, a, b)
		}
	}
}

// TestSets holds that the elements of a set without a name are part of what is meant.
func TestSets(t *testing.T) {
	ask := []Expr{load(0, 2), {"lookup", []Attr{Text(1, "x"), N(2, 1), N(5, 0)}}, drop}
	with := func(list ...Interval) []string {
		return Facts(ask, Table{Sets: func(string) *Set { return &Set{Name: "x", KeyLen: 2, Anonymous: true, Elements: list} }})
	}
	one := Interval{First: []byte{0, 22}, Last: []byte{0, 22}}
	two := Interval{First: []byte{0, 23}, Last: []byte{0, 80}}
	both := Interval{First: []byte{0, 22}, Last: []byte{0, 80}}
	if diff := cmp.Diff(with(one, two), with(both)); diff != "" {
		t.Errorf("ranges that touch are one:\n%s", diff)
	}
	if cmp.Equal(with(one), with(both)) {
		t.Error("another range is the same")
	}
}

// FuzzExprs holds that no answer of a kernel makes the reader panic.
func FuzzExprs(f *testing.F) {
	rule := []Expr{load(0, 2), compareTo(Eq, 0, 53), limit(5), counter, drop}
	var list []Attr
	for i := range rule {
		list = append(list, Attr{listElem, rule[i].Marshal()})
	}
	f.Add(Marshal(list...))
	f.Fuzz(func(t *testing.T, b []byte) {
		exprs, err := ParseExprs(b)
		if err != nil {
			return
		}
		Facts(exprs, Table{Sets: func(name string) *Set { return &Set{Name: name, KeyLen: len(name)} }})
	})
}
