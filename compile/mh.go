package compile

import (
	"strings"

	"github.com/recentc/recentc/ast"
)

// MH tests the type of an IPv6 mobility header. A nil field is not tested.
type MH struct{ Type *SpanTest }

// Extension implements Step.
func (*MH) Extension() string { return "mh" }

// Kind implements Step.
func (*MH) Kind() Kind { return Condition }

const protoMH = 135

// mhNames holds each type's name and its short form.
var mhNames = []string{
	"binding-refresh-request", "brr", "home-test-init", "hoti", "careof-test-init", "coti", "home-test", "hot",
	"careof-test", "cot", "binding-update", "bu", "binding-acknowledgement", "ba", "binding-error", "be",
}

var mhMatch = &extension{
	name:      "mh",
	family:    ast.IPv6,
	protocols: []uint8{protoMH},
	options:   []option{{name: "mh-type", args: 1, not: true}},
	match: func(c *call) Step {
		m := &MH{}
		g := c.get("mh-type")
		if g == nil {
			return m
		}
		low, high, isRange := strings.Cut(g.value().Text, ":")
		if !isRange {
			high = low
		}
		lo, ok1 := mhType(low, 0)
		hi, ok2 := mhType(high, 255)
		if !isRange {
			hi = lo
		}
		m.Type = &SpanTest{Span{lo, hi}, g.not}
		if !ok1 || !ok2 || m.Type.Empty() {
			c.bad(g.value(), "%q is not a type of mobility header, or a range of types", g.value().Text)
			return nil
		}
		return m
	},
}

// mhType reads a type's name, of which the beginning is enough, or its number.
func mhType(s string, without uint32) (uint32, bool) {
	if s == "" {
		return without, true
	}
	found := -1
	for i, n := range mhNames {
		if len(n) >= len(s) && strings.EqualFold(n[:len(s)], s) && (found < 0 || len(n) == len(s)) {
			found = i / 2
		}
	}
	if found >= 0 {
		return uint32(found), true
	}
	n, ok := parseUint(s, 255)
	return uint32(n), ok
}
