package nft

import (
	"fmt"
	"slices"
	"strings"

	"github.com/recentc/recentc/compile"
)

// setTOS writes the two fields that nft knows the byte by. Where a field keeps
// some of its bits there is a chain with a rule for each value.
func (t *translator) setTOS(s *compile.SetTOS) end {
	dscp := compile.Change{Clear: s.Clear >> 2, Toggle: s.Toggle >> 2}
	ecn := compile.Change{Clear: s.Clear & 3, Toggle: s.Toggle & 3}
	var stmts []stmt
	if dscp.Clear == 0x3f {
		stmts, dscp = append(stmts, t.dscpTo(dscp.Toggle)), compile.Change{}
	}
	if ecn.Clear == 3 {
		stmts, ecn = append(stmts, t.ecnTo(ecn.Toggle)), compile.Change{}
	}
	if next := t.tosField(t.dscpField(), dscp, 0x40, dscpValue, nil); next != nil || ecn != (compile.Change{}) {
		next = t.tosField(t.ecnField(), ecn, 4, ecnValue, next)
		stmts = append(stmts, jumpTo(next.name))
	}
	return end{stmts: stmts}
}

// tosField makes the chain that changes a field, and goes on in the next one. It
// returns that one if nothing is to be changed.
func (t *translator) tosField(f *field, ch compile.Change, size uint32, of func(uint32) value, next *chain) *chain {
	exit, about := returns, fmt.Sprintf("changes %s: clears %#x, then turns over %#x", f.name, ch.Clear, ch.Toggle)
	if next != nil {
		exit = goTo(next.name)
		about += "; goes on to " + next.name
	}
	var rules [][]stmt
	for _, to := range changedTo(ch, size) {
		rules = append(rules, []stmt{compare(f, false, oneOfValues(to.values())), setBits(f, of(to.value)), exit})
	}
	if len(rules) == 0 {
		return next
	}
	if next != nil {
		rules = append(rules, []stmt{exit})
	}
	return t.sharedChain("set_"+strings.Fields(f.name)[1], about, rules...)
}

// outcome is a value and what it is made from.
type outcome struct {
	value uint32
	from  []uint32
}

// values are the values that it is made from.
func (o *outcome) values() (list []value) {
	for _, n := range o.from {
		list = append(list, dscpValue(n))
	}
	return list
}

// changedTo lists what becomes of the values of a field that are changed.
func changedTo(ch compile.Change, size uint32) (out []outcome) {
	for old := range size {
		value := ch.Of(old)
		if value == old {
			continue
		}
		i := slices.IndexFunc(out, func(o outcome) bool { return o.value == value })
		if i < 0 {
			i, out = len(out), append(out, outcome{value: value})
		}
		out[i].from = append(out[i].from, old)
	}
	return out
}
