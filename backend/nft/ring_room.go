package nft

import "slices"

// ruleRoom is memory for the rules of lists' chains, of which a large file has a
// hundred thousand, from when they are made until they are printed.
type ruleRoom struct {
	stmts []stmt
	begun [16]stmt // of the rule that is being made
	lists [][]rule // without rules
}

// firstStmts is how many statements there is room for at first.
const firstStmts = 128

// keep copies statements into the room.
func (m *ruleRoom) keep(list []stmt) []stmt {
	if cap(m.stmts)-len(m.stmts) < len(list) {
		m.stmts = make([]stmt, 0, max(firstStmts, 2*cap(m.stmts), len(list)))
	}
	start := len(m.stmts)
	m.stmts = append(m.stmts, list...)
	return slices.Clip(m.stmts[start:])
}

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

// line is where the statements of a rule are put together before it is added. The
// next rule uses it again.
func (m *ruleRoom) line() []stmt { return m.begun[:0] }

// reuse takes the list of a chain that is printed.
func (m *ruleRoom) reuse(list []rule) { m.lists = append(m.lists, list[:0]) }

// clear makes room, once all rules in it are printed.
func (m *ruleRoom) clear() { m.stmts = m.stmts[:0] }
