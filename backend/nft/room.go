package nft

import "slices"

// stmtRoom is memory for statements until they are printed.
type stmtRoom []stmt

// firstStmts is how many statements there is room for at first.
const firstStmts = 128

// keep copies statements into the room.
func (m *stmtRoom) keep(list []stmt) []stmt {
	if cap(*m)-len(*m) < len(list) {
		*m = make([]stmt, 0, max(firstStmts, 2*cap(*m), len(list)))
	}
	start := len(*m)
	*m = append(*m, list...)
	return slices.Clip((*m)[start:])
}

// clear makes room, once all that was kept is printed.
func (m *stmtRoom) clear() { *m = (*m)[:0] }

// ruleRoom is memory for the rules of lists' chains, of which a large file has a
// hundred thousand, from when they are made until they are printed.
type ruleRoom struct {
	stmtRoom
	begun [16]stmt // of the rule that is being made
	lists [][]rule // without rules
}

// line is where the statements of a rule are put together before it is added. The
// next rule uses it again.
func (m *ruleRoom) line() []stmt { return m.begun[:0] }

// list is an empty list of rules.
func (m *ruleRoom) list() []rule {
	if len(m.lists) == 0 {
		return make([]rule, 0, 4)
	}
	last := len(m.lists) - 1
	list := m.lists[last]
	m.lists = m.lists[:last]
	return list
}

// reuse takes the list of a chain that is printed.
func (m *ruleRoom) reuse(list []rule) { m.lists = append(m.lists, list[:0]) }
